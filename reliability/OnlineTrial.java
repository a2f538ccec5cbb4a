// SPDX-License-Identifier: Apache-2.0
import dev.unspool.checkpoint.SnapshotSeries;
import dev.unspool.model.Snapshot;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A small stream that is learned from in processes of their own, and what they must have said and
 * leave, however often they were interrupted.
 */
final class OnlineTrial implements AutoCloseable {
  /** Where the stream comes from. */
  enum From {
    /** CSV on standard input, from the beginning again after each interruption. */
    PIPE,
    /** JSON lines on standard input, of which the rest comes after an interruption. */
    REST,
    /** A CSV file whose growth is followed. */
    FILE
  }

  private static final int KEYS = 3;

  private final Commands commands = new Commands();
  private final Path folder = commands.folder;
  private final From from;
  private final int records;
  private final int every;
  private final Path stream;
  private final List<String> lines;
  private final List<String> whole;
  private final Snapshot wholeState;
  private final int wholeLetters;

  /** What a run has said so far. */
  final class Run {
    final String name;
    final Path said;
    int segments;
    int seen;
    int mostRepeated;
    long repeated;

    Run(String name) {
      this.name = name;
      this.said = folder.resolve(name + ".said.jsonl");
    }

    Path path() {
      return folder.resolve(name);
    }

    /** Records whose answers are there, of all segments. */
    int seen() {
      return seen;
    }
  }

  /**
   * Learns once without an interruption, for comparison.
   *
   * @param every records between two snapshots
   */
  OnlineTrial(From from, int records, int every) throws IOException, InterruptedException {
    this.from = from;
    this.records = records;
    this.every = every;
    this.stream = folder.resolve(from == From.REST ? "stream.jsonl" : "stream.csv");
    this.lines = lines(from == From.REST);
    Files.write(stream, lines);
    var run = new Run("whole");
    finish(run);
    this.whole = Files.readAllLines(run.said);
    this.wholeState = state(run);
    this.wholeLetters = letters(run).size();
    if (whole.size() != records || wholeLetters == 0) {
      throw commands.failure(
          "%s records were answered, %s are dead letters".formatted(whole.size(), wholeLetters));
    }
  }

  /** The records: three sensors that take turns at random, some numbers missing, some lines broken. */
  private List<String> lines(boolean json) {
    var random = new Random(5);
    var made = new ArrayList<String>();
    if (!json) {
      made.add("host,value,force");
    }
    for (int t = 0; t < records; t++) {
      int host = random.nextInt(KEYS);
      double force = random.nextGaussian();
      double value = 20 + 5 * host + 3 * Math.sin(0.05 * t + host) + force;
      String number = t % 101 == 50 ? (json ? "null" : "") : Double.toString(value);
      made.add(
          t % 97 == 60
              ? "not a record \u2028 at, all, \"or"
              : json
                  ? "{\"host\":\"h%s\",\"value\":%s,\"force\":%s}".formatted(host, number, force)
                  : "h%s,%s,%s".formatted(host, number, force));
    }
    return made;
  }

  Commands commands() {
    return commands;
  }

  /** Records of the stream. */
  int records() {
    return records;
  }

  /** Records between two snapshots. */
  int every() {
    return every;
  }

  /** The words of the command. */
  private List<String> words(Run run) {
    var words =
        new ArrayList<String>(
            List.of(
                ("online --target value --input value,force --key host --horizon 1,3 --hidden 6 --k2 8"
                        + " --snapshot-seconds 0 --keep 2 --quiet --snapshot-every %s --out %s")
                    .formatted(every, run.path())
                    .split(" ")));
    words.addAll(
        switch (from) {
          case PIPE -> List.of("--input-from-start");
          case REST -> List.of("--format", "json");
          case FILE -> List.of("--follow", stream.toString());
        });
    return words;
  }

  /** Starts a process that goes on with a run from where that is; its answers are a new segment. */
  Process start(Run run, List<String> before) throws IOException {
    var command = new ArrayList<String>(before);
    command.addAll(Commands.command(words(run)));
    Process process =
        new ProcessBuilder(command)
            .redirectError(Redirect.appendTo(commands.said().toFile()))
            .redirectOutput(segment(run, run.segments++).toFile())
            .start();
    long done = from == From.REST ? newest(run) : 0;
    if (from != From.FILE) {
      Thread.ofVirtual().start(() -> feed(process.getOutputStream(), done));
    }
    return process;
  }

  private void feed(OutputStream to, long done) {
    try (to) {
      to.write(
          (String.join("\n", lines.subList((int) done, lines.size())) + "\n")
              .getBytes(StandardCharsets.UTF_8));
    } catch (IOException _) {
      // The process has ended before it has read everything.
    }
  }

  private Path segment(Run run, int number) {
    return folder.resolve("%s.%s.jsonl".formatted(run.name, number));
  }

  /** Bytes that the process which was started last has answered with. */
  long answered(Run run) throws IOException {
    return Files.size(segment(run, run.segments - 1));
  }

  private long newest(Run run) throws IOException {
    return series(run).newest().snapshot().map(SnapshotSeries.Saved::number).orElse(0L);
  }

  private static SnapshotSeries series(Run run) {
    return new SnapshotSeries(run.path().resolve("snapshots"), 2);
  }

  private static Snapshot state(Run run) throws IOException {
    return series(run).newest().snapshot().orElseThrow().state();
  }

  /**
   * Takes in what the last process has answered: each line must be that of the whole run, and no
   * record may be left out.
   */
  void takeIn(Run run, String what) throws IOException {
    String text = Files.readString(segment(run, run.segments - 1));
    int end = text.lastIndexOf('\n') + 1;
    List<String> found = text.substring(0, end).lines().toList();
    int first = -1;
    for (int i = 0; i < found.size(); i++) {
      int record = record(found.get(i));
      first = i == 0 ? record : first;
      if (record != first + i || record > whole.size() || record > run.seen + 1 + i) {
        throw commands.failure(
            "%s: record %s is answered after %s".formatted(what, record, run.seen + i));
      }
      if (!found.get(i).equals(whole.get(record - 1))) {
        throw commands.failure(
            "%s: record %s is answered with %s, without an interruption with %s"
                .formatted(what, record, found.get(i), whole.get(record - 1)));
      }
    }
    if (!found.isEmpty()) {
      int again = run.seen - first + 1;
      run.mostRepeated = Math.max(run.mostRepeated, again);
      run.repeated += again;
      run.seen = Math.max(run.seen, first + found.size() - 1);
    }
    String cut = text.substring(end);
    int next = found.isEmpty() ? -1 : first + found.size();
    if (!cut.isEmpty() && next > 0 && !whole.get(next - 1).startsWith(cut)) {
      throw commands.failure("%s: %s is the beginning of no answer".formatted(what, cut));
    }
  }

  private static int record(String line) {
    return Integer.parseInt(line.replaceFirst("(?s)^\\{\"record\":([0-9]+)[,}].*$", "$1"));
  }

  /** Goes on to the end of the stream. */
  private void finish(Run run) throws IOException, InterruptedException {
    Process process = start(run, List.of());
    int status = 0;
    if (from == From.FILE) {
      // A file that is followed never ends, so the process is told to end.
      while (process.isAlive() && !isComplete(run)) {
        Thread.sleep(20);
      }
      Commands.signal("TERM", process);
      status = Commands.TERMINATED;
    }
    commands.requireEnd(status, process, "the end of " + run.name);
    if (run.segments == 1) {
      Files.copy(segment(run, 0), run.said);
    }
  }

  private boolean isComplete(Run run) throws IOException {
    if (run.seen == records && newest(run) == records) {
      return true; // the last kill came when there was nothing more to be answered
    }
    try (Stream<String> answered = Files.lines(segment(run, run.segments - 1))) {
      return answered.anyMatch(line -> line.startsWith("{\"record\":" + records + ","));
    } catch (UncheckedIOException _) {
      return false; // half a character
    }
  }

  /** Goes on to the end, and requires that all is as without an interruption, bit for bit. */
  void requireSame(Run run, String what) throws IOException, InterruptedException {
    finish(run);
    takeIn(run, what + ", the end");
    if (run.seen != records) {
      throw commands.failure("%s: %s of %s records".formatted(what, run.seen, records));
    }
    requireSameState(run, what);
    TreeSet<String> letters = letters(run);
    if (letters.size() != wholeLetters) {
      throw commands.failure(
          "%s: %s dead letters, expected %s".formatted(what, letters.size(), wholeLetters));
    }
    commands.requireNothingHalf(run.path(), what);
    Commands.delete(run.path());
    for (int i = 0; i < run.segments; i++) {
      Files.delete(segment(run, i));
    }
  }

  private void requireSameState(Run run, String what) throws IOException {
    Snapshot found = state(run);
    if (!found.entries().keySet().equals(wholeState.entries().keySet())) {
      throw commands.failure(what + ": other arrays");
    }
    for (var entry : found.entries().entrySet()) {
      boolean same =
          switch (entry.getValue()) {
            case Snapshot.Floats(float[] values) ->
                Arrays.equals(values, wholeState.floats(entry.getKey()));
            case Snapshot.Doubles(double[] values) ->
                Arrays.equals(values, wholeState.doubles(entry.getKey()));
            case Snapshot.Longs(long[] values) ->
                Arrays.equals(values, wholeState.longs(entry.getKey()));
          };
      if (!same) {
        throw commands.failure("%s: another %s".formatted(what, entry.getKey()));
      }
    }
  }

  /** The records that could not be read; what is repeated is in the file twice. */
  private static TreeSet<String> letters(Run run) throws IOException {
    var letters = new TreeSet<String>();
    for (String line : Files.readAllLines(run.path().resolve("dead-letter.jsonl"))) {
      letters.add(line.replaceFirst("(?s).*\"record\":([0-9]+).*", "$1"));
    }
    return letters;
  }

  @Override
  public void close() throws IOException {
    commands.close();
  }
}
