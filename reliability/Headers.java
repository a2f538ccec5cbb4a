// SPDX-License-Identifier: Apache-2.0
import com.sun.management.ThreadMXBean;
import dev.unspool.checkpoint.CheckpointException;
import dev.unspool.checkpoint.Safetensors;
import dev.unspool.checkpoint.Tensor;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * Reads safetensors files that nobody wrote on purpose. Each must be refused with one line that
 * names it, or read as tensors that fit into it; soon, and in memory that depends on its length and
 * not on what it claims.
 *
 * <pre>./unspool run reliability/Headers.java [COUNT] [SEED]</pre>
 */
public final class Headers {
  private static final long PATIENCE_SECONDS = 60;
  private static final long IDLE = Long.MAX_VALUE;
  private static final int LONGEST_MESSAGE = 1000;

  /** Bytes on the heap that a file of n bytes may take while it is read: ROOM + TIMES · n. */
  private static final long ROOM = 64 << 10;

  private static final long TIMES = 64;

  private final ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final Path file;
  private volatile long begun = IDLE;
  private volatile String current = "";
  private long read;
  private long refused;
  private long mostBytes;
  private double mostTimes;
  private long slowest;

  private Headers(Path file) {
    this.file = file;
  }

  public static void main(String[] args) throws IOException {
    long count = args.length > 0 ? Long.parseLong(args[0]) : 1_000_000;
    long seed = args.length > 1 ? Long.parseLong(args[1]) : new Random().nextInt(1_000_000);
    System.out.println("seed " + seed);
    Path folder = Commands.folderInMemory();
    var headers = new Headers(folder.resolve("x.safetensors"));
    headers.watch();
    for (byte[] large : FuzzedSafetensors.large()) {
      headers.read(large, "a large one of %s bytes".formatted(large.length));
    }
    System.out.printf(
        "of %s large ones %s refused; at most %s ms%n",
        headers.read + headers.refused, headers.refused, headers.slowest / 1_000_000);
    headers.slowest = 0;
    headers.read = 0;
    headers.refused = 0;
    for (long i = 0; i < count; i++) {
      // A case depends on nothing but its own number, so that it can be had again alone.
      headers.read(
          new FuzzedSafetensors(new Random(31 * seed + i)).bytes(),
          "case %s of seed %s".formatted(i, seed));
    }
    Commands.delete(folder);
    System.out.printf(
        "%s fuzzed headers: %s refused, %s read as what fits the file; at most %s bytes on the heap,"
            + " %.1f times the file above the first %s; at most %s ms%n",
        count,
        headers.refused,
        headers.read,
        headers.mostBytes,
        headers.mostTimes,
        ROOM,
        headers.slowest / 1_000_000);
    if (headers.refused == 0 || headers.read == 0) {
      throw new AssertionError("expected some of both");
    }
  }

  private void read(byte[] bytes, String what) throws IOException {
    Files.write(file, bytes);
    current = what;
    begun = System.nanoTime();
    long before = bean.getCurrentThreadAllocatedBytes();
    try {
      long data = 0;
      for (Tensor tensor : Safetensors.read(file).tensors().values()) {
        data += tensor.data().byteSize();
      }
      if (data > bytes.length) {
        throw failure(what, bytes, "more bytes than the file has", null);
      }
      read++;
    } catch (CheckpointException e) {
      refused++;
      String message = String.valueOf(e.getMessage());
      if (!message.startsWith(file + ": ")
          || message.contains("\n")
          || message.length() > LONGEST_MESSAGE) {
        throw failure(what, bytes, "the message is not one line that names the file", e);
      }
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
      throw failure(what, bytes, "it crashed", e);
    }
    long allocated = bean.getCurrentThreadAllocatedBytes() - before;
    slowest = Math.max(slowest, System.nanoTime() - begun);
    begun = IDLE;
    mostBytes = Math.max(mostBytes, allocated);
    mostTimes = Math.max(mostTimes, (double) (allocated - ROOM) / bytes.length);
    if (allocated > ROOM + TIMES * bytes.length) {
      throw failure(what, bytes, allocated + " bytes were allocated", null);
    }
  }

  private AssertionError failure(String what, byte[] bytes, String why, Throwable e)
      throws IOException {
    Path kept = Files.write(Path.of("fuzzed.safetensors").toAbsolutePath(), bytes);
    return new AssertionError("%s: %s; it is kept in %s".formatted(what, why, kept), e);
  }

  /** A case that hangs would never say so itself. */
  private void watch() {
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              long since;
              do {
                try {
                  Thread.sleep(500);
                } catch (InterruptedException e) {
                  return;
                }
                since = begun;
              } while (since == IDLE || System.nanoTime() - since < PATIENCE_SECONDS * 1_000_000_000L);
              System.err.printf(
                  "%s has been read for %s s; it is in %s%n", current, PATIENCE_SECONDS, file);
              Runtime.getRuntime().halt(3);
            });
  }
}
