// SPDX-License-Identifier: Apache-2.0
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lets a process learn from a long stream, and looks at it now and then: its resident memory, the
 * heap that is in use after a collection, and the processor time that its records took.
 *
 * <pre>./unspool run reliability/OnlineRun.java [RECORDS] [KEYS] [HIDDEN]</pre>
 *
 * Needs {@code /proc}, so Linux.
 */
public final class OnlineRun {
  private static final int LOOKS = 20;

  /** Until a tenth has come, the JVM compiles, and memory grows to its size. */
  private static final int WARM_UP = LOOKS / 10;

  private static final List<String> COLLECT_AND_SAY = List.of("GC.run", "GC.heap_info");
  private static final Pattern USED = Pattern.compile("total [0-9]+K, used ([0-9]+)K");
  private static final double TICKS_PER_SECOND = 100;

  /** What was seen after so many records. */
  private record Look(double records, double residentKib, double heapKib, double cpuSeconds) {}

  private final Process process;
  private final Path commands;
  private final List<Look> looks = new ArrayList<>();
  private final CountDownLatch looked = new CountDownLatch(LOOKS - 1);

  private OnlineRun(Process process, Path commands) {
    this.process = process;
    this.commands = commands;
  }

  public static void main(String[] args) throws Exception {
    long records = args.length > 0 ? Long.parseLong(args[0]) : 10_000_000;
    int keys = args.length > 1 ? Integer.parseInt(args[1]) : 1;
    int hidden = args.length > 2 ? Integer.parseInt(args[2]) : 64;
    try (var commands = new Commands()) {
      Path run = commands.folder.resolve("run");
      var words =
          new ArrayList<String>(
              List.of(
                  "online --target value --horizon 1 --hidden %s --k1 1 --k2 50 --quiet --out %s"
                      .formatted(hidden, run)
                      .split(" ")));
      if (keys > 1) {
        words.addAll(List.of("--key", "host"));
      }
      List<String> command = new ArrayList<>(Commands.command(words));
      command.remove("-XX:TieredStopAtLevel=1");
      Process process =
          new ProcessBuilder(command)
              .redirectError(Redirect.appendTo(commands.said().toFile()))
              .start();
      Path collect = Files.write(commands.folder.resolve("jcmd.txt"), COLLECT_AND_SAY);
      var watched = new OnlineRun(process, collect);
      Thread.ofVirtual().start(() -> watched.feed(process.getOutputStream(), records, keys));
      long begun = System.nanoTime();
      long answered = watched.watch(records);
      double seconds = (System.nanoTime() - begun) / 1e9;
      commands.requireEnd(0, process, "the stream");
      if (answered != records) {
        throw commands.failure("%s of %s records were answered".formatted(answered, records));
      }
      watched.report(records, keys, hidden, seconds);
    }
  }

  private void feed(OutputStream to, long records, int keys) {
    var line = new StringBuilder();
    try (var out = new BufferedOutputStream(to, 1 << 16)) {
      out.write("host,value\n".getBytes(StandardCharsets.UTF_8));
      long state = 1;
      for (long t = 0; t < records; t++) {
        state = state * 6364136223846793005L + 1442695040888963407L;
        long key = t % keys;
        double value = 20 + 3 * Math.sin(0.05 * (t / keys) + key) + (state >> 40) * 1e-7;
        line.setLength(0);
        line.append('h').append(key).append(',').append(value).append('\n');
        out.write(line.toString().getBytes(StandardCharsets.UTF_8));
      }
      out.flush();
      looked.await(); // a process that has ended cannot be looked at
    } catch (IOException | InterruptedException _) {
      // The process has ended before it has read everything, which is noticed elsewhere.
    }
  }

  /** Counts the answers, and looks at the process each time a twentieth of them has come. */
  private long watch(long records) throws Exception {
    byte[] chunk = new byte[1 << 16];
    long answered = 0;
    try (InputStream answers = process.getInputStream()) {
      for (int n = answers.read(chunk); n >= 0; n = answers.read(chunk)) {
        for (int i = 0; i < n; i++) {
          answered += chunk[i] == '\n' ? 1 : 0;
        }
        while (looks.size() < LOOKS - 1 && answered >= records / LOOKS * (looks.size() + 1)) {
          looks.add(new Look(answered, resident(), heap(), cpu()));
          looked.countDown();
        }
      }
    }
    return answered;
  }

  private double resident() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Double.parseDouble(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new IOException("process " + process.pid() + " has no resident memory");
  }

  private double cpu() throws IOException {
    String text = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
    String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
  }

  private double heap() throws Exception {
    Process jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(process.pid()),
                "-f",
                commands.toString())
            .redirectErrorStream(true)
            .start();
    double used = 0;
    var said = new ArrayList<String>();
    try (BufferedReader lines = jcmd.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        said.add(line);
        Matcher space = USED.matcher(line);
        used += space.find() ? Double.parseDouble(space.group(1)) : 0;
      }
    }
    if (jcmd.waitFor() != 0 || used == 0) {
      throw new IOException("jcmd says " + said);
    }
    return used;
  }

  private void report(long records, int keys, int hidden, double seconds) {
    List<Look> settled = looks.subList(WARM_UP, looks.size());
    double[] at = settled.stream().mapToDouble(look -> look.records() / 1e6).toArray();
    var resident = Line.through(at, settled.stream().mapToDouble(Look::residentKib).toArray());
    var heap = Line.through(at, settled.stream().mapToDouble(Look::heapKib).toArray());
    int half = settled.size() / 2;
    System.out.printf(
        "%s records of %s keys, LSTM %s, TBPTT(1, 50), Adam: %.0f a second (with %s looks at it)%n"
            + "resident: %.1f MiB at the end; %.1f ± %.1f KiB a million records (slope and its standard error)%n"
            + "heap after a collection: %.2f MiB at the end; %.2f ± %.2f KiB a million records%n"
            + "processor time a record: %.1f µs in the first half, %.1f µs in the second%n",
        records, keys, hidden, records / seconds, looks.size(),
        settled.getLast().residentKib() / 1024, resident.slope(), resident.error(),
        settled.getLast().heapKib() / 1024, heap.slope(), heap.error(),
        micros(settled.getFirst(), settled.get(half)), micros(settled.get(half), settled.getLast()));
    double millions = at[at.length - 1] - at[0];
    // Flat: what the whole run has added is less than a map of its keys, or a leak, would be.
    double grown = millions * (heap.slope() - 2 * heap.error());
    if (grown > 256) {
      throw new AssertionError("the heap grew by %.0f KiB or more".formatted(grown));
    }
    double more = millions * (resident.slope() - 2 * resident.error());
    if (more > 16 * 1024) {
      throw new AssertionError("resident memory grew by %.0f KiB or more".formatted(more));
    }
  }

  private static double micros(Look from, Look to) {
    return 1e6 * (to.cpuSeconds() - from.cpuSeconds()) / (to.records() - from.records());
  }

  /** A straight line through points, by least squares. */
  private record Line(double slope, double error) {
    static Line through(double[] x, double[] y) {
      int n = x.length;
      double meanX = 0;
      double meanY = 0;
      for (int i = 0; i < n; i++) {
        meanX += x[i] / n;
        meanY += y[i] / n;
      }
      double sxx = 0;
      double sxy = 0;
      for (int i = 0; i < n; i++) {
        sxx += (x[i] - meanX) * (x[i] - meanX);
        sxy += (x[i] - meanX) * (y[i] - meanY);
      }
      double slope = sxy / sxx;
      double squares = 0;
      for (int i = 0; i < n; i++) {
        double rest = y[i] - meanY - slope * (x[i] - meanX);
        squares += rest * rest;
      }
      return new Line(slope, Math.sqrt(squares / (n - 2) / sxx));
    }
  }
}
