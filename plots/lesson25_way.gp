# From noise to digits: x_t of eight samples at eleven t.
eval terminal(1.0, 1.0)
sym = (format eq 'tex')
set palette defined (0 'white', 1 'black')
set cbrange [-1:1]
unset colorbox
unset border
unset grid
unset key
unset ytics
set size ratio -1
set xtics out scale 0 ('1000' 13.5, '800' 73.5, '600' 133.5, '400' 193.5, '200' 253.5, '0' 313.5)
set xlabel (sym ? '$t$' : 't')
set yrange [*:*] reverse
plot file('lesson25_way') using 2:1:3 with image
