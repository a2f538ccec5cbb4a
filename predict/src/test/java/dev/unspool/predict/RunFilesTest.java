// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Timeout.ThreadMode.SEPARATE_THREAD;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What stands in a run's folder under the name of a file, and is none, is not waited for. */
@Timeout(value = 60, threadMode = SEPARATE_THREAD) // who opens a pipe hears no interrupt
final class RunFilesTest {
  private static final Features FEATURES =
      new Features(List.of(new Features.Column("load", 0, 0, 0, 1, Fill.LAST, false)), null, 0, -1);

  @TempDir Path folder;

  /** Of a model that says what it was given. */
  static byte[] description() {
    var input = new Instruction(Operation.INPUT, List.of(), 1, null, null);
    var step = new RecordedStep(1, 0, List.of(), List.of(), List.of(input), 0);
    var outputs =
        new Outputs(
            List.of(new Outputs.Target("load", true, 0, List.of(1.0))),
            List.of(1),
            Outputs.Law.VALUE,
            List.of());
    return new ModelDescription(
            ModelDescription.FORMAT,
            "a",
            List.of("load"),
            null,
            FEATURES,
            outputs,
            Precision.FLOAT32,
            null,
            step)
        .toJson();
  }

  private static byte[] noWeights() {
    return new byte[] {2, 0, 0, 0, 0, 0, 0, 0, '{', '}'};
  }

  private void assertRefused(Path file, String found) {
    assertEquals(
        "%s: found %s, expected a file; put back the file that was here".formatted(file, found),
        assertThrows(ForecasterException.class, () -> Forecaster.load(folder, StepEngine.PLAIN))
            .getMessage());
  }

  private void assertNoOtherThanFiles(String name) throws Exception {
    Path file = folder.resolve(name);
    Files.deleteIfExists(file);
    Files.createDirectory(file);
    assertRefused(file, "a folder");
    Files.delete(file);
    Files.createSymbolicLink(file, Path.of("/dev/zero"));
    assertRefused(file, "a pipe or a device");
    Files.delete(file);
    assertEquals(0, new ProcessBuilder("mkfifo", file.toString()).start().waitFor());
    assertRefused(file, "a pipe or a device");
    Files.delete(file);
  }

  @Test
  void refusesWhatIsNoFile() throws Exception {
    Files.write(folder.resolve("forecaster.json"), description());
    Files.write(folder.resolve("best.safetensors"), noWeights());
    Forecaster.load(folder, StepEngine.PLAIN);
    assertNoOtherThanFiles("bands.json");
    assertNoOtherThanFiles("combined.json");
    assertNoOtherThanFiles("best.safetensors");
    assertNoOtherThanFiles("forecaster.json");
    assertNoOtherThanFiles("seeds.json");
  }

  @Test
  void refusesCheckpointsOfWhatIsNoFile() throws Exception {
    Files.write(folder.resolve("forecaster.json"), description());
    Path checkpoint = Files.createDirectory(folder.resolve("checkpoint"));
    assertNoOtherThanFiles("checkpoint/checkpoint.json");
    var crc = new CRC32C();
    crc.update(noWeights());
    String content =
        "{\"weights\":{\"file\":\"weights-1.safetensors\",\"crc32c\":\"%s\"}}"
            .formatted(SignedJson.hexadecimal(crc));
    crc.reset();
    crc.update(content.getBytes(UTF_8));
    Files.writeString(
        checkpoint.resolve("checkpoint.json"),
        content.replaceFirst("}$", ",\"crc32c\":\"%s\"}".formatted(SignedJson.hexadecimal(crc))));
    Files.write(checkpoint.resolve("weights-1.safetensors"), noWeights());
    Forecaster.load(folder, StepEngine.PLAIN);
    assertNoOtherThanFiles("checkpoint/weights-1.safetensors");
  }

  /** One of which there is nothing but its length. */
  @Test
  void refusesFilesThatWouldNotFitIntoMemory() throws IOException {
    Path file = folder.resolve("forecaster.json");
    try (var large = new RandomAccessFile(file.toFile(), "rw")) {
      large.setLength(1L << 40);
    }
    assertEquals(
        "%s: found 1099511627776 bytes, expected at most 268435456; it is not what it was when it was written"
            .formatted(file),
        assertThrows(ForecasterException.class, () -> Forecaster.load(folder, StepEngine.PLAIN))
            .getMessage());
  }
}
