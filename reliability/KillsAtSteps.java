// SPDX-License-Identifier: Apache-2.0
import java.util.ArrayList;
import java.util.List;

/**
 * Trainings that are killed at the n-th call of the system that renames, syncs, cuts, deletes or
 * writes a file, or makes a folder, for many n, and then gone on with. Needs {@code strace}, so Linux.
 *
 * <pre>./unspool run reliability/KillsAtSteps.java [COUNT]</pre>
 */
public final class KillsAtSteps {
  private static final List<String> CALLS =
      List.of("rename", "fsync", "ftruncate", "unlink", "pwrite64", "write", "mkdir");

  private KillsAtSteps() {}

  public static void main(String[] args) throws Exception {
    int count = args.length > 0 ? Integer.parseInt(args[0]) : 61;
    int kills = 0;
    int never = 0;
    try (var trial = new Trial(3)) {
      for (int n = 1; kills < count && never < CALLS.size(); n++) {
        never = 0;
        for (String call : CALLS) {
          if (kills == count) {
            break;
          }
          String run = "run-%s-%s".formatted(call, n);
          var words =
              new ArrayList<String>(
                  List.of(
                      "strace",
                      "-f",
                      "-qq",
                      "-o",
                      "/dev/null",
                      "-e",
                      "trace=" + call,
                      "-e",
                      "inject=%s:signal=KILL:when=%s".formatted(call, n)));
          words.addAll(Commands.command(trial.train(run)));
          String what = "at %s number %s".formatted(call, n);
          if (trial.commands().requireEnd(Commands.KILLED, trial.commands().startRaw(words), what, 0) == 0) {
            never++;
          } else {
            kills++;
          }
          trial.requireSame(run, what);
        }
      }
    }
    System.out.printf("%s kills at the n-th of %s; all went on to the same bits%n", kills, CALLS);
    if (kills == 0) {
      throw new AssertionError("nothing was killed");
    }
  }
}
