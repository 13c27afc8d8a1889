# KL against the squared distance of the means: straight lines, slope 1/(2 v_p), intercept C.
eval terminal(0.68, 0.74)
sym = (format eq 'tex')
set xrange [0:2]
set yrange [0:3]
set xlabel (sym ? '$(\mu_q-\mu_p)^2$' : '(μ_q − μ_p)²')
set ylabel 'KL (nats)' offset 1
set xtics 0,0.5,2
set ytics 0,1,3
set format x '%.1f'
unset key
f = file('lesson09_line')
set label 1 (sym ? '$v_p=0.2$' : 'v_p = 0.2') at 0.85,2.72 right
set label 2 (sym ? '$v_p=0.5=v_q$' : 'v_p = 0.5 = v_q') at 1.42,1.75 right
set label 3 (sym ? '$v_p=1.1$' : 'v_p = 1.1') at 1.95,0.66 right
set label 4 (sym ? '$C$' : 'C') at 0.08,1.1 left
set arrow 4 from 0.09,0.98 to 0.012,0.38 head filled size 0.04,18 lw 1.2
plot f using 1:4 with lines lt 2 lw 3.5, '' using 1:2 with lines lt 1 lw 4, '' using 1:3 with lines lt 3 lw 3.5, \
     f using 1:(column(1) == 0 ? column(4) : NaN) with points pt 7 ps 1.8 lc rgb 'black', \
     '' using 1:(column(1) == 0 ? column(3) : NaN) with points pt 7 ps 1.8 lc rgb 'black', \
     '' using 1:(column(1) == 0 ? column(2) : NaN) with points pt 7 ps 1.8 lc rgb 'black'
