# The running sum of the terms from t = T down, for the schedule of the figure (default L1000).
eval terminal(0.75, 0.75)
sym = (format eq 'tex')
set logscale x
set grid
set key at graph 0.97,0.42 right
H = 1.41893853
stats file('lesson07_forces') using 1 nooutput
T = STATS_max - 1
stats file('lesson07_forces') using ($1 == 2 ? $3 : NaN) nooutput
peak = STATS_max
set xrange [2*T:0.8]
set yrange [0:1.2*(peak > H ? peak : H)]
set xlabel (sym ? 'step $t$ (noise on the left, data on the right)' : 'step t (noise on the left, data on the right)')
set ylabel 'running sum (nats)'
set label 1 sprintf('denoising sum %.3f', peak) at 2,1.06*peak right offset -1,0
set label 2 'entropy of the data' at 1.7*T,H+0.035*peak left
set arrow 1 from 1,peak to 1,H filled size graph 0.02,20 lw 2.5 lc rgb '#b35900' front
set label 3 (sym ? '$L_0$' : 'L_0') at 1,0.5*(peak+H) right offset -1,0
plot file('lesson07_forces') using ($1 > 1 ? $1 : NaN):3 with steps lt 1 lw 3 notitle, \
     H with lines lt 5 lc rgb 'black' notitle
