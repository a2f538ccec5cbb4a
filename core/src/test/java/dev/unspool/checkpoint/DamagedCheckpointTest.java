// SPDX-License-Identifier: Apache-2.0
package dev.unspool.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unspool.model.ParameterLayout;
import dev.unspool.model.Parameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is not a checkpoint, or not of this model, is refused. */
class DamagedCheckpointTest extends CheckpointOnDisk {
  private void read(String name) throws IOException {
    if (name.startsWith("weights")) {
      checkpoint.readWeights(new Parameters(LAYOUT));
    } else if (name.startsWith("state")) {
      state();
    } else {
      assertEquals("1", checkpoint.about().get("number"));
    }
  }

  @Test
  void everyFlippedByteIsNoticed() throws IOException {
    write(checkpoint, 1);
    for (String name : filesOf(1)) {
      byte[] sound = Files.readAllBytes(folder.resolve(name));
      for (int i = 0; i < sound.length; i++) {
        byte[] changed = sound.clone();
        changed[i] ^= (byte) (1 << (i % 8));
        // A blank between the members of the manifest may become another blank.
        if (name.endsWith(".json") && isBlank(sound[i]) && isBlank(changed[i])) {
          continue;
        }
        damage(name, _ -> changed);
        refused(() -> read(name));
      }
      damage(name, _ -> sound);
    }
    assertEquals(1, number());
  }

  private static boolean isBlank(byte b) {
    return " \n\r\t".indexOf(b) >= 0;
  }

  @Test
  void everyTruncationIsNoticed() throws IOException {
    write(checkpoint, 1);
    for (String name : filesOf(1)) {
      byte[] sound = Files.readAllBytes(folder.resolve(name));
      // The last byte of the manifest is only the end of its line.
      int end = name.endsWith(".json") ? sound.length - 1 : sound.length;
      for (int length = 0; length < end; length++) {
        int to = length;
        damage(name, _ -> Arrays.copyOf(sound, to));
        refused(() -> read(name));
      }
      damage(name, _ -> sound);
    }
    assertEquals(1, number());
  }

  @Test
  void saysWhatIsDamaged() throws IOException {
    write(checkpoint, 1);
    damage("weights-1.safetensors", bytes -> Arrays.copyOf(bytes, bytes.length - 1));
    var untouched = theta(9);
    refused(() -> checkpoint.readWeights(untouched), "weights-1", "bytes, expected ", "go back");
    assertArrayEquals(theta(9).values(), untouched.values());
    refused(() -> checkpoint.read(untouched), "weights-1", "bytes, expected ", "go back");
    assertArrayEquals(theta(9).values(), untouched.values());
    write(checkpoint, 1);

    Files.delete(folder.resolve("state-2.safetensors"));
    refused(() -> checkpoint.read(untouched), "state-2", "missing", "checkpoint.json");
    assertArrayEquals(theta(9).values(), untouched.values(), "neither of the two");
    checkpoint.readWeights(untouched);
    assertArrayEquals(theta(1).values(), untouched.values());

    damage("checkpoint.json", _ -> "[1, 2]".getBytes(UTF_8));
    refused(checkpoint::about, "checkpoint.json", "not the JSON of a checkpoint", "go back");
    damage("checkpoint.json", _ -> "[".repeat(100_000).getBytes(UTF_8));
    refused(checkpoint::about, "not the JSON of a checkpoint");
    damage("checkpoint.json", _ -> "{\"format\": \"unspool-checkpoint-2\"}".getBytes(UTF_8));
    refused(checkpoint::about, "unspool-checkpoint-2", "use the version");
  }

  /** A pipe would be waited for. */
  @Test
  void refusesWhatIsNoFile() throws Exception {
    write(checkpoint, 1);
    for (String name : filesOf(1)) {
      Path file = folder.resolve(name);
      byte[] sound = Files.readAllBytes(file);
      Files.delete(file);
      Files.createDirectory(file);
      refused(() -> checkpoint.read(theta(9)), file + ": found a folder, expected a file");
      Files.delete(file);
      assertEquals(0, new ProcessBuilder("mkfifo", file.toString()).start().waitFor());
      refused(() -> checkpoint.read(theta(9)), file + ": found a pipe or a device");
      Files.delete(file);
      Files.write(file, sound);
      assertEquals(1, number());
    }
  }

  @Test
  void refusesNamesThatLeadElsewhere() throws IOException {
    write(checkpoint, 1);
    var elsewhere = new Manifest.FileEntry("../weights-1.safetensors", 1, "00000000");
    damage("checkpoint.json", _ -> new Manifest(Map.of(), elsewhere, elsewhere).toJson());
    refused(checkpoint::about, "'../weights-1.safetensors'");
  }

  @Test
  void refusesTheWeightsOfAnotherModel() throws IOException {
    write(checkpoint, 1);
    var other =
        new Parameters(
            ParameterLayout.builder().add("weight_ih_l0", 2, 3).add("bias_ih_l0", 3).build());
    refused(
        () -> checkpoint.readWeights(other),
        "another model",
        "found weight_ih_l0 F32 [3, 2], expected weight_ih_l0 F32 [2, 3]");
    var more =
        new Parameters(
            ParameterLayout.builder()
                .add("weight_ih_l0", 3, 2)
                .add("bias_ih_l0", 3)
                .add("bias_hh_l0", 3)
                .build());
    refused(() -> checkpoint.readWeights(more), "found nothing else, expected bias_hh_l0 F32 [3]");
    assertArrayEquals(new float[12], more.values());
  }
}
