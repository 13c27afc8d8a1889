# What a network has over the exact optimum, while it trains: percent of the Bayes-optimal L_simple.
eval terminal(0.70, 0.80)
sym = (format eq 'tex')
pc = sym ? '\%' : '%'
set logscale xy
set xrange [10:*] noextend
set yrange [0.1:1000]
set xlabel 'training step'
set ylabel 'excess over the Bayes optimum ('.pc.')'
set ytics ('0.1' 0.1, '1' 1, '10' 10, '100' 100, '1000' 1000)
set key outside center top vertical Left reverse samplen 4 maxrows 3
plot file('lesson24_training') using 1:(100 * $4 / $3) with lines lt 1 lw 3.5 title 'averaged parameters', \
     '' using 1:(100 * $5 / $3) with lines lt 2 lw 2.2 title 'parameters of that step', \
     0.5 with lines lt 5 lw 2 lc rgb '#777777' title '0.5 '.pc
