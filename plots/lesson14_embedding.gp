# How far the embeddings of other t lie from that of t = 500, done right and with rows for columns.
eval terminal(0.70, 0.86)
sym = (format eq 'tex')
set xrange [440:560]
set yrange [0:70]
set xlabel (sym ? 'step $t$' : 'step t')
set ylabel (sym ? '$\|e(t)-e(500)\|^2$' : 'squared distance from e(500)')
set xtics 440,30,560
set ytics 0,20,60
set key outside center top vertical Left reverse samplen 3 maxrows 2
plot file('lesson14_embedding') using 1:3 with points pt 6 ps 0.8 lw 1.5 lc rgb '#d55e00' title 'rows masked for columns', \
     '' using 1:2 with lines lt 1 lw 3.5 title 'sin and cos in pairs'
