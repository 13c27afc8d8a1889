# One shot against T steps with the exact denoiser, S10.
eval terminal(0.68, 0.74)
sym = (format eq 'tex')
set xrange [-2:2]
set yrange [0:2.1]
set xtics -2,1,2
set ytics 0,0.5,2
set format y '%.1f'
set xlabel (sym ? '$x_0$' : 'x_0')
set ylabel 'density' offset 1
unset key
unset grid
f = file('lesson11_oneshot')
set label 1 'one shot' at 0.0,2.0 center
set label 2 '10 steps' at -1.3,0.7 right
set label 3 'data' at 1.42,1.02 center
plot f index 0 using 2:3 with lines lt 1 lw 4, f index 1 using 2:3 with lines lt 2 lw 4, \
     f index 2 using 2:3 with lines lt 3 lw 4
