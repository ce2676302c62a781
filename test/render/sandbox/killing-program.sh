#!/bin/sh
# Puts a program NAME into /usr/sbin that kills whoever stands in /run/victim at its use number COUNT, in place of doing its work.
mkdir -p /run/more/upper /run/more/work
mountpoint -q /usr/sbin ||
  mount -t overlay overlay -o lowerdir=/usr/sbin,upperdir=/run/more/upper,workdir=/run/more/work /usr/sbin
rm -f "/usr/sbin/$1" /run/killed
echo "$2" >/run/uses-left
cat >"/usr/sbin/$1" <<PROGRAM
#!/bin/sh
read -r left </run/uses-left
echo \$((left - 1)) >/run/uses-left
if [ "\$left" = 1 ]; then
  echo yes >/run/killed
  kill -KILL "\$(cat /run/victim)"
fi
[ "\$left" = 1 ] || exec /bin/$1 "\$@"
PROGRAM
chmod 755 "/usr/sbin/$1"
