# The prior term against the number of steps, for three recipes.
eval terminal(0.8, 0.8)
sym = (format eq 'tex')
set logscale xy
set xrange [20:4500]
set yrange [1e-11:9]
set xtics (25, 50, 100, 200, 400, '1000' 1000, 2000, 4000)
set ytics 1e-10,100,1
set format y (sym ? '$10^{%T}$' : '10^{%T}')
set xlabel (sym ? 'number of steps $T$' : 'number of steps  T')
set ylabel (sym ? '$L_T$ in nats per dimension' : 'L_T  in nats per dimension') offset 0.5
set key bottom left samplen 2.2
set arrow 1 from 20,1e-3 to 4500,1e-3 nohead dt (2,4) lw 1.5 lc rgb '#555555'
set label 1 '"about 0"' at 22,2.6e-4 textcolor rgb '#555555'
set label 2 'BAD50' at 50,0.4618498 point pt 7 ps 1.4 offset 0.9,0.55
set label 3 'L1000' at 1000,2.018e-5 point pt 5 ps 1.4 offset 0.9,0.7
plot file('lesson02_prior') using 1:2 with lines lt 1 title 'linear, betas 1e-4 to 0.02', \
     '' using 1:3 with lines lt 2 title 'linear, betas 0.1/T to 20/T', \
     '' using 1:4 with lines lt 3 title 'cosine'
