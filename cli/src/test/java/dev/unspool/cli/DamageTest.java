// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is in the small files of a run, a command ends well or says in a line what is wrong. */
final class DamageTest {
  private static final int CASES = Integer.getInteger("unspool.cases", 12);
  private static final long SEED = Long.getLong("unspool.seed", 20_25);
  private static final List<String> VALUES =
      List.of(
          "null",
          "-1",
          "0",
          "1e999",
          "2147483648",
          "1e-400",
          "\"\"",
          "\"a\\u0000b\"",
          "[]",
          "{}",
          "[null]",
          "true",
          "NaN",
          "99999999999999999999",
          "{\"a\": [1]}",
          "\"\\ud800\"");

  @TempDir Path folder;

  /** Damages a text in one of the ways that disks, editors and people do. */
  private static byte[] damaged(byte[] intact, RandomGenerator random) {
    int at = random.nextInt(intact.length);
    return switch (random.nextInt(6)) {
      case 0 -> {
        byte[] flipped = intact.clone();
        flipped[at] ^= (byte) (1 << random.nextInt(8));
        yield flipped;
      }
      case 1 -> Arrays.copyOf(intact, at);
      case 2 -> replaced(intact, "(: )[^,\\n]+", random); // a value
      case 3 -> replaced(intact, "(\\n)[^\\n]*", random); // a line
      case 4 -> {
        byte[] without = new byte[intact.length - 1];
        System.arraycopy(intact, 0, without, 0, at);
        System.arraycopy(intact, at + 1, without, at, without.length - at);
        yield without;
      }
      default -> {
        byte[] zeros = intact.clone();
        Arrays.fill(zeros, at, Math.min(zeros.length, at + 1 + random.nextInt(50)), (byte) 0);
        yield zeros;
      }
    };
  }

  private static byte[] replaced(byte[] intact, String pattern, RandomGenerator random) {
    String text = new String(intact, UTF_8);
    long places = Pattern.compile(pattern).matcher(text).results().count();
    int chosen = places == 0 ? 0 : random.nextInt((int) places);
    int[] place = {0};
    String value = VALUES.get(random.nextInt(VALUES.size()));
    return Pattern.compile(pattern)
        .matcher(text)
        .replaceAll(
            match ->
                Matcher.quoteReplacement(
                    place[0]++ == chosen ? match.group(1) + value : match.group()))
        .getBytes(UTF_8);
  }

  /**
   * Damages files and runs commands.
   *
   * @param checked whether the files have checksums, so that every damage must be found
   */
  private static void damage(
      Path run, List<String> files, List<List<Object>> commands, boolean checked)
      throws IOException {
    List<String> intactly =
        commands.stream().map(command -> CommandRun.succeeds(command.toArray()).out()).toList();
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
    for (int i = 0; i < CASES; i++) {
      Path file = run.resolve(files.get(random.nextInt(files.size())));
      byte[] intact = Files.readAllBytes(file);
      byte[] damaged = damaged(intact, random);
      Files.write(file, damaged);
      int number = i;
      for (int c = 0; c < commands.size(); c++) {
        List<Object> command = commands.get(c);
        CommandRun ended = CommandRun.of(command.toArray());
        String about =
            "seed %s, case %s, %s: %s\n%s\n%s"
                .formatted(SEED, number, file, command, ended, new String(damaged, UTF_8));
        assertTrue(ended.status() == 0 || ended.status() == 1, about);
        assertFalse(ended.err().contains("Exception"), about);
        assertFalse(ended.err().contains("\tat "), about);
        if (ended.status() == 1) {
          assertTrue(ended.err().startsWith("unspool: "), about);
          assertTrue(ended.err().lines().count() == 1, about);
          assertTrue(!checked || ended.err().contains(file.getFileName().toString()), about);
        } else if (checked) {
          assertEquals(intactly.get(c), ended.out(), about);
        }
      }
      Files.write(file, intact);
    }
  }

  /** The same without checksums, as earlier versions wrote it. */
  private static void forgetChecksums(Path run) throws IOException {
    Path config = run.resolve("config.json");
    Files.writeString(
        config,
        Files.readString(config).replaceAll(",\\s*\"(vocabulary_)?crc32c\": \"[0-9a-f]{8}\"", ""));
  }

  @Test
  void aRunOverATable() throws IOException {
    Path table = TinyData.table(folder);
    Path run = folder.resolve("run");
    CommandRun.succeeds(TinyData.quick("train", "--csv", table, "--target", "wave", "--out", run));
    List<List<Object>> commands =
        List.of(
            List.of("info", run),
            List.of("info", run, "--json"),
            List.of("evaluate", run),
            List.of("forecast", run, "--steps", 2));
    damage(run, List.of("config.json"), commands, true);
    forgetChecksums(run);
    damage(run, List.of("config.json", "metrics.json"), commands, false);
  }

  @Test
  void aRunOverAText() throws IOException {
    Path text = TinyData.text(folder);
    Path run = folder.resolve("run");
    CommandRun.succeeds(TinyData.quick("train", "--text", text, "--tokens", "words", "--out", run));
    List<List<Object>> commands =
        List.of(
            List.of("info", run),
            List.of("evaluate", run),
            List.of("generate", run, "--length", 2));
    damage(run, List.of("config.json", "vocabulary.txt"), commands, true);
    forgetChecksums(run);
    damage(run, List.of("config.json", "metrics.json", "vocabulary.txt"), commands, false);
  }
}
