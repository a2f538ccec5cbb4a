// SPDX-License-Identifier: Apache-2.0
import java.util.ArrayList;
import java.util.List;

/**
 * Trainings, or streams, that are killed at the n-th call of the system that renames, syncs, cuts,
 * deletes or writes a file, or makes a folder, for many n, and then gone on with. Needs {@code
 * strace}, so Linux.
 *
 * <pre>./unspool run reliability/KillsAtSteps.java [train|online] [COUNT]</pre>
 */
public final class KillsAtSteps {
  private static final List<String> CALLS =
      List.of("rename", "fsync", "ftruncate", "unlink", "pwrite64", "write", "mkdir");

  /** What is killed and gone on with. */
  private interface Victim {
    /** Kills a new process there, goes on, and requires the same; returns whether it came to that. */
    boolean killedAndTheSame(String run, List<String> strace, String what) throws Exception;
  }

  private KillsAtSteps() {}

  public static void main(String[] args) throws Exception {
    boolean online = args.length > 0 && args[0].equals("online");
    int count = args.length > 1 ? Integer.parseInt(args[1]) : 61;
    if (online) {
      try (var trial = new OnlineTrial(OnlineTrial.From.PIPE, 1000, 100)) {
        kill(count, (run, strace, what) -> killedStream(trial, run, strace, what));
      }
    } else {
      try (var trial = new Trial(3)) {
        kill(count, (run, strace, what) -> killedTraining(trial, run, strace, what));
      }
    }
  }

  private static boolean killedTraining(Trial trial, String run, List<String> strace, String what)
      throws Exception {
    var words = new ArrayList<String>(strace);
    words.addAll(Commands.command(trial.train(run)));
    Process process = trial.commands().startRaw(words);
    int status = trial.commands().requireEnd(Commands.KILLED, process, what, 0);
    trial.requireSame(run, what);
    return status == Commands.KILLED;
  }

  private static boolean killedStream(
      OnlineTrial trial, String name, List<String> strace, String what) throws Exception {
    OnlineTrial.Run run = trial.new Run(name);
    Process process = trial.start(run, strace);
    int status = trial.commands().requireEnd(Commands.KILLED, process, what, 0);
    trial.takeIn(run, what);
    trial.requireSame(run, what);
    return status == Commands.KILLED;
  }

  private static void kill(int count, Victim victim) throws Exception {
    int kills = 0;
    int never = 0;
    for (int n = 1; kills < count && never < CALLS.size(); n++) {
      never = 0;
      for (String call : CALLS) {
        if (kills == count) {
          break;
        }
        String inject = "inject=%s:signal=KILL:when=%s".formatted(call, n);
        var strace =
            List.of("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=" + call, "-e", inject);
        String what = "at %s number %s".formatted(call, n);
        if (victim.killedAndTheSame("run-%s-%s".formatted(call, n), strace, what)) {
          kills++;
        } else {
          never++;
        }
      }
    }
    System.out.printf("%s kills at the n-th of %s; all went on to the same bits%n", kills, CALLS);
    if (kills == 0) {
      throw new AssertionError("nothing was killed");
    }
  }
}
