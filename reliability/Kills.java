// SPDX-License-Identifier: Apache-2.0
import java.util.Random;

/**
 * Trainings that are killed, or asked to end, at random moments, some again and again, and then
 * gone on with.
 *
 * <pre>./unspool run reliability/Kills.java [KILL|TERM|INT] [COUNT] [SEED]</pre>
 */
public final class Kills {
  private Kills() {}

  public static void main(String[] args) throws Exception {
    String signal = args.length > 0 ? args[0] : "KILL";
    int count = args.length > 1 ? Integer.parseInt(args[1]) : 110;
    long seed = args.length > 2 ? Long.parseLong(args[2]) : new Random().nextInt(1_000_000);
    int status =
        switch (signal) {
          case "KILL" -> Commands.KILLED;
          case "TERM" -> Commands.TERMINATED;
          case "INT" -> Commands.INTERRUPTED;
          default -> throw new IllegalArgumentException("expected KILL, TERM or INT: " + signal);
        };
    System.out.printf("SIG%s, seed %s%n", signal, seed);
    var random = new Random(seed);
    int done = 0;
    int early = 0;
    int runs = 0;
    try (var trial = new Trial(40)) {
      long begun = System.nanoTime();
      trial.commands().requireEnd(0, trial.commands().start(trial.train("timed")), "a training");
      long nanos = System.nanoTime() - begun;
      while (done < count) {
        String run = "run" + ++runs;
        int kills = Math.min(count - done, 1 + random.nextInt(4));
        for (int i = 0; i < kills; i++) {
          Process process = trial.commands().start(trial.goOn(run));
          long millis = (long) (nanos / 1e6 * random.nextDouble());
          Thread.sleep(millis);
          Commands.signal(signal, process);
          String what = "run %s, %s ms after its start".formatted(runs, millis);
          // One that was over before the signal came has ended well.
          if (trial.commands().requireEnd(status, process, what, 0) == 0) {
            early++;
          } else {
            done++;
          }
        }
        trial.requireSame(run, "run " + runs);
      }
    }
    System.out.printf(
        "%s interruptions of %s runs; all went on to the same bits; %s signals came too late%n",
        done, runs, early);
  }
}
