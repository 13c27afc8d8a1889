# The divergence of the reverse kernel from the matched normal law, against beta.
eval terminal(1, 1)
sym = (format eq 'tex')
set logscale xy
set format x (sym ? '$10^{%T}$' : '10^{%T}')
set format y (sym ? '$10^{%T}$' : '10^{%T}')
set xrange [1e-3:0.65]
set yrange [1e-8:10]
set ytics 1e-8,100,1
set mytics 1
set xlabel (sym ? '$\beta$' : 'β')
set ylabel (sym ? 'KL from the normal law (nats)' : 'KL from the normal law (nats)')
set key at graph 0.02,0.98 left top reverse Left samplen 2.6
plot file('lesson03_beta') using 1:5 with lines lc rgb '#999999' lw 5 dt 1 \
         title (sym ? '$\frac{\beta^3}{12}((\ln q)^{\prime\prime\prime})^2$' : "β^3((ln q)''')^2/12"), \
     '' using 1:2 with linespoints lt 1 lw 1.6 pi 4 ps 1.2 title (sym ? 'at $x_t=0.3$, sd $0.5$' : 'at x_t = 0.3, sd 0.5'), \
     '' using 1:3 with lines lt 2 lw 3 title 'average, sd 0.5', \
     '' using 1:4 with lines lt 3 lw 3 title 'average, sd 0.1'
