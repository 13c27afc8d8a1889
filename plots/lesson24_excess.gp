# The loss of the trained network at each t, and how little of it is its own fault.
eval terminal(0.70, 0.80)
sym = (format eq 'tex')
set logscale y
set yrange [1e-9:2]
set xrange [0:*]
set xlabel (sym ? 'step $t$' : 'step t')
set ylabel 'mean squared error of the noise'
set ytics ('1' 1, '0.01' 1e-2, '1e-4' 1e-4, '1e-6' 1e-6, '1e-8' 1e-8)
set key outside center top vertical Left reverse samplen 4 maxrows 2
plot file('lesson24_excess') using 1:2 with lines lt 1 lw 3.5 title 'no network can do better', \
     '' using 1:3 with lines lt 2 lw 2.2 title 'what this network adds'
