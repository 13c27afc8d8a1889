# KL of the samples against d for two bumps: the best network is not the one that samples best.
eval terminal(0.72, 0.92)
sym = (format eq 'tex')
set xrange [-0.1:0.7]
set xtics 0,0.2,0.6
set yrange [0.002:0.4]
set logscale y
set ytics ('0.003' 0.003, '0.01' 0.01, '0.03' 0.03, '0.1' 0.1, '0.3' 0.3)
set xlabel (sym ? 'error $d$ of the network: $\epsilon_\theta=(1+d)\,\epsilon^*$' : 'error d of the network: (1+d) ε*')
set ylabel (sym ? '$\mathrm{KL}(p_\mathrm{data}\Vert p)$, nats' : 'KL(p_{data} || p), nats')
set key at graph 0.98,0.98 right top samplen 3.2
set arrow 1 from 0,graph 0 to 0,graph 1 nohead lc rgb '#999999' lw 2 dt 3
set label 1 (sym ? 'perfect: $d=0$' : 'perfect: d = 0') at 0.01,0.0024 left textcolor rgb '#666666'
plot file('lesson20_bumps') using 1:2 with lines lt 1 lw 3.2 title '10 steps (S10)', \
     '' using 1:3 with lines lt 2 lw 3.2 title '50 steps (S50)'
