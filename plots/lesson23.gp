# The terms of the bound of a trained network, step by step, on those of a perfect one.
eval terminal(1, 1)
sym = (format eq 'tex')
set logscale xy
set xrange [2:1000]
set format y (sym ? '$10^{%L}$' : '10^{%L}')
if (format eq 'dumb') { set format y '%g' }
set xlabel (sym ? 'step $t$' : 'step t')
set ylabel (sym ? '$L_{t-1}$ in nats' : 'L_{t−1} in nats') offset 0.5
if (format eq 'dumb') { set ylabel 'nats' }
set key top right
plot file('lesson23_terms') every ::1 using 1:4 with lines lt 1 lw 2.5 title 'perfect network', \
     '' every ::1 using 1:2:3 with yerrorbars lt 2 pt 5 ps 0.7 lw 1.4 dt 1 title 'trained network'
