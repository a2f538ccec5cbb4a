// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Fits that are killed at random moments, some again while they are gone on with. What was kept can
 * be looked at, used and gone on from; where nothing was kept yet, the same command can be given
 * again.
 *
 * <pre>./unspool run reliability/FitKills.java [COUNT] [SEED]</pre>
 */
public final class FitKills {
  private static final int ROWS = 300;

  private final Commands commands;
  private final Path plant;

  private FitKills(Commands commands) throws IOException {
    this.commands = commands;
    this.plant = commands.folder.resolve("plant.csv");
    var random = new Random(1);
    var rows = new ArrayList<String>(List.of("u,y"));
    double u = 0;
    double y = 0;
    for (int t = 0; t < ROWS; t++) {
      u = t % 7 == 0 ? 2 * random.nextDouble() - 1 : u;
      rows.add(u + "," + (20 + 5 * y));
      y = 0.7 * y + 0.4 * Math.tanh(1.5 * u);
    }
    Files.write(plant, rows);
  }

  public static void main(String[] args) throws Exception {
    int count = args.length > 0 ? Integer.parseInt(args[0]) : 50;
    long seed = args.length > 1 ? Long.parseLong(args[1]) : new Random().nextInt(1_000_000);
    System.out.println("seed " + seed);
    var random = new Random(seed);
    int kept = 0;
    int runs = 0;
    int late = 0;
    try (var commands = new Commands()) {
      var trial = new FitKills(commands);
      long begun = System.nanoTime();
      commands.requireEnd(0, commands.start(trial.fit(commands.folder.resolve("timed"))), "a fit");
      double millis = (System.nanoTime() - begun) / 1e6;
      for (int done = 0; done < count; ) {
        Path run = commands.folder.resolve("run" + ++runs);
        int kills = Math.min(count - done, 1 + random.nextInt(2));
        for (int i = 0; i < kills; i++) {
          boolean there = Files.exists(run.resolve("config.json"));
          Process process =
              commands.start(there ? List.of("resume", run.toString()) : trial.fit(run));
          long moment = (long) (millis * random.nextDouble());
          Thread.sleep(moment);
          Commands.signal("KILL", process);
          String what = "fit %s, %s ms after its start".formatted(runs, moment);
          // One that was over before the signal came has ended well, and there is nothing to resume.
          if (commands.requireEnd(Commands.KILLED, process, what, 0) == 0) {
            late++;
            break;
          }
          done++;
          kept += trial.requireUsable(run, what) ? 1 : 0;
        }
        trial.requireGoesOn(run, "fit " + runs);
      }
    }
    System.out.printf(
        "%s kills of %s fits, %s of them after there was a model: all could be used and gone on with;"
            + " %s signals came too late%n",
        count, runs, kept, late);
  }

  private List<String> fit(Path run) {
    return List.of(
        ("fit --csv %s --input u --target y --out %s --hidden 3 --starts 100 --start-iterations 4"
                + " --iterations 10")
            .formatted(plant, run)
            .split(" "));
  }

  /** Looks at what a kill has left and uses it; says whether there was a model. */
  private boolean requireUsable(Path run, String what) throws Exception {
    boolean kept = Files.exists(run.resolve("config.json"));
    commands.requireEnd(
        kept ? 0 : 1, commands.start(List.of("info", run.toString())), what + ", info");
    if (kept) {
      Path answer = commands.folder.resolve("answer.csv");
      Process simulate =
          new ProcessBuilder(
                  Commands.command(
                      List.of("simulate", "--model", run.toString(), "--csv", plant.toString())))
              .redirectError(Redirect.appendTo(commands.said().toFile()))
              .redirectOutput(answer.toFile())
              .start();
      commands.requireEnd(0, simulate, what + ", simulate");
      List<String> lines = Files.readAllLines(answer);
      for (String line : lines.subList(1, lines.size())) {
        if (!Double.isFinite(Double.parseDouble(line.substring(line.indexOf(',') + 1)))) {
          throw commands.failure("%s: simulated %s".formatted(what, line));
        }
      }
      if (lines.size() < ROWS - 10) {
        throw commands.failure("%s: simulated only %s rows".formatted(what, lines.size()));
      }
    }
    return kept;
  }

  /** Goes on to the end, after which there is nothing to resume. */
  private void requireGoesOn(Path run, String what) throws Exception {
    if (Files.exists(run.resolve("metrics.json"))) {
      return; // it had ended
    }
    boolean kept = Files.exists(run.resolve("config.json"));
    commands.requireEnd(
        0,
        commands.start(kept ? List.of("resume", run.toString()) : fit(run)),
        what + ", gone on with,");
    requireUsable(run, what + ", ended,");
    commands.requireEnd(
        1, commands.start(List.of("resume", run.toString())), what + ", resumed once more,");
    commands.requireNothingHalf(run, what);
  }
}
