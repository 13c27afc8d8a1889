# KL of the samples and its bound against the relative error d of the network; N(0,1) data, L1000.
eval terminal(0.72, 0.92)
sym = (format eq 'tex')
set logscale xy
set xrange [0.003:0.5]
set yrange [5e-7:3]
set xtics ('0.01' 0.01, '0.03' 0.03, '0.1' 0.1, '0.3' 0.3)
set ytics ('1e-6' 1e-6, '1e-4' 1e-4, '0.01' 0.01, '1' 1)
set mxtics 10
set xlabel (sym ? 'error $d$ of the network: $\epsilon_\theta=(1+d)\,\epsilon^*$' : 'error d of the network: (1+d) ε*')
set ylabel 'nats'
set key at graph 0.03,0.98 left top reverse Left samplen 3.4
plot file('lesson20_budget') using 1:3 with lines lt 2 lw 3.2 title (sym ? 'bound, weight $w_t$' : 'bound, weight w_t'), \
     '' using 1:2 with lines lt 1 lw 3.4 title (sym ? '$\mathrm{KL}(p_\mathrm{data}\Vert p)$' : 'KL(p_{data} || p)'), \
     '' using 1:4 with lines lt 5 lc 7 lw 3 title (sym ? 'printed weight: no bound' : 'printed weight: no bound')
