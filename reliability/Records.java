// SPDX-License-Identifier: Apache-2.0
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Feeds a stream with records that nobody wrote on purpose. Each must be answered, in its order:
 * with a prediction or with a reason, and then it is among the dead letters if it could not be read;
 * a sound one behind it is predicted from. All in a heap of 64 MB.
 *
 * <pre>./unspool run reliability/Records.java [csv|json] [COUNT] [SEED]</pre>
 */
public final class Records {
  /** One record in so many is known to be sound. */
  private static final int SOUND = 16;

  /** What the sound ones before are good for. */
  private static final int WARM_UP = 64;

  private Records() {}

  public static void main(String[] args) throws Exception {
    boolean json = args.length > 0 && args[0].equals("json");
    long count = args.length > 1 ? Long.parseLong(args[1]) : 1_000_000;
    if (count <= WARM_UP) {
      throw new IllegalArgumentException(
          "the first %s records are sound; found %s in all".formatted(WARM_UP, count));
    }
    long seed = args.length > 2 ? Long.parseLong(args[2]) : new Random().nextInt(1_000_000);
    System.out.printf("%s, seed %s%n", json ? "json" : "csv", seed);
    try (var commands = new Commands()) {
      Path run = commands.folder.resolve("run");
      List<String> command = new ArrayList<>(Commands.command(words(json, run)));
      command.add(1, "-Xmx64m");
      Process process =
          new ProcessBuilder(command)
              .redirectError(Redirect.appendTo(commands.said().toFile()))
              .start();
      Thread.ofVirtual().start(() -> feed(process.getOutputStream(), json, count, seed));
      long unusable = 0;
      long records = 0;
      long newest = 0;
      try (BufferedReader answers = process.inputReader(StandardCharsets.UTF_8)) {
        for (String line = answers.readLine(); line != null; line = answers.readLine()) {
          records++;
          JsonObject answer = JsonParser.parseString(line).getAsJsonObject();
          boolean usable = answer.has("predictions");
          if (answer.get("record").getAsLong() != records || usable == answer.has("unusable")) {
            throw commands.failure("record %s of seed %s: %s".formatted(records, seed, line));
          }
          if (!usable && isSound(records)) {
            throw commands.failure("sound record %s of seed %s: %s".formatted(records, seed, line));
          }
          unusable += usable ? 0 : 1;
          newest = usable ? newest : records;
        }
      }
      commands.requireEnd(0, process, "the stream of seed " + seed);
      if (records != count) {
        throw commands.failure("%s of %s records were answered".formatted(records, count));
      }
      List<String> letters = Files.readAllLines(run.resolve("dead-letter.jsonl"));
      long last = JsonParser.parseString(letters.getLast()).getAsJsonObject().get("record").getAsLong();
      System.out.printf(
          "%s fuzzed records, all answered: %s usable, %s not; the newest of these is %s, the newest"
              + " dead letter %s%n",
          count, count - unusable, unusable, newest, last);
      if (last != newest || unusable == count) {
        throw commands.failure("record %s is no dead letter".formatted(newest));
      }
    }
  }

  private static List<String> words(boolean json, Path run) {
    return List.of(
        ("online --target value --input value,force --key host --keys 50 --horizon 1 --hidden 2 --k1 50"
                + " --k2 4 --warm-up 8 --stop-after-bad 1000000000 --quiet --format %s --out %s")
            .formatted(json ? "json" : "csv", run)
            .split(" "));
  }

  private static boolean isSound(long record) {
    return record <= WARM_UP || record % SOUND == 0;
  }

  private static void feed(OutputStream to, boolean json, long count, long seed) {
    try (var out = new BufferedOutputStream(to, 1 << 16)) {
      out.write(FuzzedRecords.header(json).getBytes(StandardCharsets.UTF_8));
      for (long record = 1; record <= count; record++) {
        // A case depends on nothing but its own number, so that it can be had again alone.
        var fuzzed = new FuzzedRecords(new Random(31 * seed + record), json);
        out.write(isSound(record) ? fuzzed.sound() : fuzzed.bytes());
        out.write('\n');
      }
    } catch (IOException _) {
      // The process has ended before it has read everything, which is noticed elsewhere.
    }
  }
}
