# Ten images: what is left for the best network, and for the best linear one.
eval terminal(0.85, 0.85)
sym = (format eq 'tex')
set xlabel (sym ? '$t$' : 't')
set ylabel (sym ? '$E|x_0-\hat x_0|^2/D$' : 'E|x_0 - x̂_0|²/D')
set xrange [0:1000]
set yrange [0:*]
set key top left reverse Left
plot file('lesson25_memory') using 1:3 with lines lt 2 title 'best linear network', \
     '' using 1:2 with lines lt 1 title 'attention over the ten images'
