# How far each trained network is from the best possible one, step by step.
eval terminal(1, 1)
sym = (format eq 'tex')
set logscale y
set format y (sym ? '$10^{%L}$' : '10^{%L}')
if (format eq 'dumb') { set format y '%g' }
set xrange [1:*]
set xlabel (sym ? 'step $t$ of 50' : 'step t of 50')
set ylabel (sym ? 'loss of $\epsilon$ per coordinate' : 'loss of ε per coordinate')
if (format eq 'dumb') { set ylabel 'loss' }
set key top right
plot file('lesson21_excess') using 1:2 with lines lt 1 lw 3.5 title 'best possible', \
     '' using 1:3 with lines lt 2 title (sym ? 'excess, $\epsilon$ network' : 'excess, ε network'), \
     '' using 1:4 with lines lt 3 title (sym ? 'excess, $x_0$ network' : 'excess, x_0 network'), \
     '' using 1:5 with lines lt 4 title (sym ? 'excess, $\mu$ network' : 'excess, μ network')
