# The discretised decoder at the black end, mu = -0.99, sigma = 0.05: first bin open and closed.
eval terminal(0.75, 0.75)
sym = (format eq 'tex')
set xrange [-0.8:16.8]
set yrange [0:0.5]
set xtics 0,4,16
set grid ytics noxtics
set xlabel (sym ? 'grey level $k$ of the pixel' : 'grey level k of the pixel')
set ylabel 'probability'
set style fill solid 0.9 border rgb 'black'
set key top right
set label 1 (sym ? 'bin 0 reaches to $-\infty$' : 'bin 0 reaches to −∞') at 0.8,0.4 left
set label 2 'closed, 39 per cent are missing' at 0.8,0.11 left
plot file('lesson08_decoder') using 1:2:(0.8) with boxes lt 1 fc rgb '#56b4e9' title 'open edge bins (right)', \
     '' using 1:3:(0.8) with boxes lt 1 fc rgb '#e69f00' fill pattern 4 title 'every bin closed (wrong)'
