# W1 distance of the sampled law from the data against T: it falls like 1/T.
eval terminal(0.75, 0.95)
sym = (format eq 'tex')
set logscale xy
set xrange [5:1300]
set yrange [0.0004:0.15]
set ytics ('0.001' 0.001, '0.01' 0.01, '0.1' 0.1)
set mytics 10
set xlabel (sym ? 'steps $T$' : 'steps T')
set ylabel (sym ? '$W_1$ to the data' : 'W₁ to the data') offset 0.5
set key at graph 0.03,0.03 left bottom reverse Left samplen 3.2
set label 1 'two samples of 10000 data' at graph 0.97,first 0.0168 right textcolor rgb '#666666'
plot file('lesson19_distance') index 1 using 1:5 with lines lt 5 lc rgb '#888888' lw 2.5 notitle, \
     '' index 0 using 1:3 with lines lt 2 lw 3 title (sym ? '$\tilde\beta_t$' : 'β̃_t'), \
     '' index 0 using 1:2 with lines lt 1 lw 3 title (sym ? '$\beta_t$' : 'β_t'), \
     '' index 0 using 1:4 with lines lt 3 lw 3 title (sym ? 'optimal $\sigma_t^2$' : 'optimal σ_t²'), \
     '' index 1 using 1:3 with points pt 5 ps 1.5 lc 2 title (sym ? 'S10, S50, L1000: $\tilde\beta_t$' : 'S10, S50, L1000: β̃_t'), \
     '' index 1 using 1:2 with points pt 7 ps 1.6 lc 1 title (sym ? 'S10, S50, L1000: $\beta_t$' : 'S10, S50, L1000: β_t')
