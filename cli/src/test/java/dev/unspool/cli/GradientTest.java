// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.cli.run.GradientKind;
import dev.unspool.cli.run.RunFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Training by gradients that are carried forwards. */
final class GradientTest {
  @TempDir Path folder;
  Path table = Path.of("");

  @BeforeEach
  void write() throws IOException {
    table = TinyData.table(folder);
  }

  private Object[] train(Path run, String more) {
    var words = new ArrayList<Object>(List.of("train", "--csv", table, "--target", "wave"));
    words.addAll(List.of("--out", run, "--hidden", "6", "--k1", "4", "--lanes", "2"));
    words.addAll(List.of("--schedule", "constant"));
    words.addAll(List.of(more.split(" ")));
    return words.toArray();
  }

  @Test
  void goesOnAsIfItHadNeverStopped() throws IOException {
    Path whole = folder.resolve("whole");
    Path longer = folder.resolve("longer");
    CommandRun.succeeds(train(whole, "--gradient rtrl --cell rtu --epochs 4"));
    CommandRun.succeeds(train(longer, "--gradient rtrl --cell rtu --epochs 2"));
    CommandRun.succeeds("resume", longer, "--epochs", "4");
    assertArrayEquals(weights(whole), weights(longer));
    assertEquals(
        Files.readString(whole.resolve("metrics.json")),
        Files.readString(longer.resolve("metrics.json")));
    CommandRun.succeeds("evaluate", whole);
  }

  /** The numbers behind the header, which names the run. */
  private static byte[] weights(Path run) throws IOException {
    byte[] file = Files.readAllBytes(run.resolve("best.safetensors"));
    long header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
    return Arrays.copyOfRange(file, Math.toIntExact(Long.BYTES + header), file.length);
  }

  @Test
  void infoSaysWhatIsExact() throws IOException {
    Path one = folder.resolve("one");
    CommandRun.succeeds(train(one, "--gradient rtrl --cell mingru --epochs 1"));
    var sweep = RunFolder.open(one).readConfig().requireTraining().sweep();
    assertEquals(GradientKind.RTRL, sweep.gradient());
    assertEquals(0, sweep.k2());
    String info = CommandRun.succeeds("info", one).out();
    assertTrue(info.contains("RTRL every 4 steps"), info);
    assertTrue(info.contains("everything since a sequence began\n"), info);
    Path two = folder.resolve("two");
    CommandRun.succeeds(train(two, "--gradient rtrl --cell mingru --layers 2 --epochs 1"));
    String ofTwo = CommandRun.succeeds("info", two).out();
    assertTrue(ofTwo.contains("other layers: weight_ih_l0, bias_ih_l0\n"), ofTwo);
  }

  /** Nothing was truncated, and every step of a sequence counted: so it is when it is finished. */
  @Test
  void finishingGoesOnThroughEverything() throws IOException {
    Path run = folder.resolve("run");
    Path finished = folder.resolve("finished");
    CommandRun.succeeds(train(run, "--gradient rtrl --cell mingru --epochs 1"));
    CommandRun.succeeds("fit", "--from", run, "--iterations", "1", "--out", finished);
    var fitting = RunFolder.open(finished).readConfig().requireFitting();
    assertEquals(0, fitting.k2());
    assertEquals(0, fitting.settling());
  }

  @Test
  void runsOfBeforeAreOfTruncatedBackpropagation() throws IOException {
    Path run = folder.resolve("run");
    CommandRun.succeeds(train(run, "--cell gru --epochs 1"));
    String config = Files.readString(run.resolve("config.json"));
    assertTrue(config.contains("\"gradient\": \"tbptt\""), config);
    assertTrue(CommandRun.succeeds("info", run).out().contains("TBPTT(4, "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--gradient rtrl --cell lstm | state 'layer0.h' reaches its next value through a product with weight_hh_l0",
        "--gradient rtrl --cell mingru --k2 50 | --k2 has no meaning with --gradient rtrl",
        "--gradient rtrl --cell mingru --policy replay | leave out --policy",
        "--gradient bptt --cell mingru | is none of tbptt, rtrl",
      })
  void whatIsRefused(String options, String reason) {
    Path run = folder.resolve("run");
    String line = CommandRun.fails(2, train(run, options));
    assertTrue(line.contains(reason), line);
    assertFalse(Files.exists(run.resolve("config.json")), "nothing is left behind");
  }
}
