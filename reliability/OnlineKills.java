// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * Streams whose process is killed at random moments, again and again, and then gone on with.
 *
 * <pre>./unspool run reliability/OnlineKills.java [pipe|rest|file|snapshot] [KILLS] [SEED]</pre>
 *
 * With {@code snapshot}, each kill comes while a snapshot is being written.
 */
public final class OnlineKills {
  private static final int RECORDS = 1500;
  private static final int EVERY = 100;
  private static final int MOST_KILLS_OF_A_RUN = 12;

  private final OnlineTrial trial;
  private final boolean inSnapshots;
  private final Random random;
  private final double millis;
  private int kills;
  private int inside;
  private int half;
  private int late;
  private int runs;
  private int most;
  private long repeated;

  private OnlineKills(OnlineTrial trial, boolean inSnapshots, Random random, double millis) {
    this.trial = trial;
    this.inSnapshots = inSnapshots;
    this.random = random;
    this.millis = millis;
  }

  public static void main(String[] args) throws Exception {
    String how = args.length > 0 ? args[0] : "pipe";
    int count = args.length > 1 ? Integer.parseInt(args[1]) : 50;
    long seed = args.length > 2 ? Long.parseLong(args[2]) : new Random().nextInt(1_000_000);
    System.out.printf("%s, seed %s%n", how, seed);
    boolean inSnapshots = how.equals("snapshot");
    var from =
        inSnapshots
            ? OnlineTrial.From.PIPE
            : OnlineTrial.From.valueOf(how.toUpperCase(Locale.ROOT));
    long begun = System.nanoTime();
    try (var trial = new OnlineTrial(from, RECORDS, inSnapshots ? EVERY / 10 : EVERY)) {
      double millis = (System.nanoTime() - begun) / 1e6;
      var kills = new OnlineKills(trial, inSnapshots, new Random(seed), millis);
      while (kills.kills < count) {
        kills.run(Math.min(count - kills.kills, 1 + kills.random.nextInt(MOST_KILLS_OF_A_RUN)));
      }
      System.out.printf(
          "%s kills of %s streams of %s records with a snapshot every %s: all went on to the same bits,"
              + " no record was lost; at most %s records were answered again, %.1f on average; %s kills"
              + " came while a snapshot was being written, %s left half of one; %s signals came too late%n",
          kills.kills,
          kills.runs,
          RECORDS,
          trial.every(),
          kills.most,
          (double) kills.repeated / kills.kills,
          kills.inside,
          kills.half,
          kills.late);
      if (kills.most > trial.every()) {
        throw new AssertionError("expected at most one interval to be answered again");
      }
    }
  }

  private void run(int count) throws Exception {
    OnlineTrial.Run run = trial.new Run("run" + ++runs);
    for (int i = 0; i < count; i++) {
      Process process = trial.start(run, List.of());
      String what = "stream %s, kill %s".formatted(runs, i + 1);
      awaitMoment(run, process);
      boolean writing = isWriting(run);
      process.toHandle().destroyForcibly(); // that of the process itself also closes what it says
      int status = trial.commands().requireEnd(Commands.KILLED, process, what, 0);
      trial.takeIn(run, what);
      if (status == 0) {
        late++;
        break;
      }
      kills++;
      inside += writing ? 1 : 0;
      half += isWriting(run) ? 1 : 0;
    }
    trial.requireSame(run, "stream " + runs);
    System.out.printf("stream %s: the same after kill %s%n", runs, kills);
    most = Math.max(most, run.mostRepeated);
    repeated += run.repeated;
  }

  /** Waits: one time in four for a moment of the process's life, else for some of its answers. */
  private void awaitMoment(OnlineTrial.Run run, Process process) throws Exception {
    long until = System.nanoTime() + (long) (1e6 * millis * random.nextDouble());
    boolean byTime = !inSnapshots && random.nextInt(4) == 0;
    long bytes = 100L * random.nextInt(Math.max(1, trial.records() - run.seen()));
    while (process.isAlive()
        && (byTime
            ? System.nanoTime() < until
            : trial.answered(run) < bytes || (inSnapshots && !isWriting(run)))) {
      LockSupport.parkNanos(200_000);
    }
  }

  /** Whether a snapshot is being written now, or was not finished. */
  private static boolean isWriting(OnlineTrial.Run run) throws IOException {
    Path snapshots = run.path().resolve("snapshots");
    if (!Files.isDirectory(snapshots)) {
      return false;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(snapshots, "*.tmp")) {
      return files.iterator().hasNext();
    }
  }
}
