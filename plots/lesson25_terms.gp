# Where the bits are: every term of the bound.
eval terminal(0.85, 0.85)
sym = (format eq 'tex')
set logscale xy
set xrange [1:1000]
set xlabel (sym ? '$t$' : 't')
set ylabel 'bits per dimension'
set format y (sym ? '$10^{%T}$' : '10^{%T}')
set key bottom left reverse Left
plot file('lesson25_terms') using 1:($2 - $3 > 0 ? $2 - $3 : 1e-9):($2 + $3) with filledcurves fc rgb '#bbbbbb' notitle, \
     '' using 1:2 with lines lt 1 title (sym ? '$L_{t-1}$, at $t=1$ the decoder $L_0$' : 'L_{t-1}, at t = 1 the decoder L_0'), \
     '' using 1:4 with lines lt 2 title (sym ? '$E|\epsilon-\hat\epsilon|^2/D$' : 'E|ε - ε̂|²/D')
