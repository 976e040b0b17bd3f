# Prints every frame that passes this network namespace, or one link of it, until it is told to
# end (SIGTERM).
import signal, socket, sys

frames = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.ntohs(0x0003))
if len(sys.argv) > 1:
    frames.bind((sys.argv[1], 0))
frames.settimeout(0.2)
ended = []
signal.signal(signal.SIGTERM, lambda *_: ended.append(True))
sys.stdout.buffer.write(b"caught\n")
sys.stdout.flush()
while not ended:
    try:
        sys.stdout.buffer.write(frames.recv(65536))
        sys.stdout.flush()
    except socket.timeout:
        pass
