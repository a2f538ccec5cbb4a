// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static dev.unspool.cli.TinyData.quick;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TextRunTest {
  @TempDir Path folder;
  Path text = Path.of("");
  Path run = Path.of("");

  @BeforeEach
  void write() throws IOException {
    text = TinyData.text(folder);
    run = folder.resolve("run");
  }

  @Test
  void bytes() throws IOException {
    CommandRun train =
        CommandRun.succeeds(
            TinyData.changed(
                quick("train", "--text", text, "--out", run, "--json"), "--lr 0.02 --epochs 5"));
    JsonObject valid = train.json().getAsJsonObject("valid");
    double nats = valid.get("nats_per_token").getAsDouble();
    assertTrue(nats < Math.log(256) / 2, "better than guessing: " + nats);
    assertEquals(Math.exp(nats), valid.get("perplexity").getAsDouble(), 1e-9);
    double bits = valid.get("bits_per_char").getAsDouble();
    assertTrue(bits > nats / Math.log(2), "a character may be more than one byte");
    assertEquals(bits, nats / Math.log(2) * 36 / 35, 0.01 * bits);
    assertFalse(train.json().has("test"));
    assertTrue(Files.size(run.resolve("loss.png")) > 0);
    assertTrue(CommandRun.succeeds("evaluate", run).out().contains("bits per character"));
    assertTrue(CommandRun.succeeds("evaluate", run, "--text", text, "--json").json().has("all"));
    assertTrue(CommandRun.succeeds("info", run).out().contains("bytes"));
  }

  @Test
  void words() throws IOException {
    CommandRun.succeeds(
        quick(
            "train",
            "--text",
            text,
            "--out",
            run,
            "--tokens",
            "words",
            "--vocabulary",
            "6",
            "--tied",
            "--test",
            "0.1"));
    assertTrue(Files.size(run.resolve("vocabulary.txt")) > 0);
    Files.delete(text);
    String written = CommandRun.succeeds("generate", run, "--length", "20").out();
    assertTrue(written.contains(" "), written);
    CommandRun going =
        CommandRun.succeeds("generate", run, "--length", "1", "--prompt", "Wasser nirgends");
    assertTrue(going.out().matches("Wasser nirgends[ \n][^ ]*\\R+"), going.out());
    assertTrue(going.err().contains("does not know 'nirgends'"), going.err());
    Files.writeString(text, "Öl und Eis.\n".repeat(20));
    assertTrue(CommandRun.succeeds("evaluate", run, "--text", text).out().contains("perplexity"));
  }

  @Test
  void oneHotAndLayers() {
    CommandRun.succeeds(
        quick(
            "train",
            "--text",
            text,
            "--out",
            run,
            "--embedding",
            "0",
            "--layers",
            "2",
            "--dropout",
            "0.1",
            "--cell",
            "gru",
            "--max-updates",
            "6"));
    CommandRun.succeeds("resume", run, "--max-updates", "9");
  }

  @Test
  void writingDependsOnTheSeedOnly() {
    CommandRun.succeeds(quick("train", "--text", text, "--out", run));
    Object[] words = {
      "generate", run, "--length", "60", "--temperature", "1", "--prompt", "Öl ", "--seed", "3"
    };
    String first = CommandRun.succeeds(words).out();
    assertTrue(first.startsWith("Öl "));
    assertEquals(first, CommandRun.succeeds(words).out());
    JsonObject json =
        CommandRun.succeeds("generate", run, "--length", "5", "--prompt", "Öl", "--json").json();
    assertEquals("Öl", json.get("prompt").getAsString());
    assertTrue(json.has("text"));
  }

  @Test
  void aTiedEmbeddingIsAsWideAsWhatTheOutputSees() {
    Object[] words = quick("train", "--text", text, "--tied", "--max-updates", "2");
    for (String cell : List.of("projected-lstm", "projected-lstm:size=3", "rtu", "gru,rtu")) {
      Object[] own =
          TinyData.changed(words, "--cell %s --out %s".formatted(cell, folder.resolve(cell)));
      CommandRun.succeeds(own);
    }
    Object[] skip = TinyData.changed(words, "--skip --out " + run);
    String line = CommandRun.fails(2, skip);
    assertTrue(line.contains("--tied does not go with --skip unless there is a --head"), line);
    CommandRun.succeeds(TinyData.changed(skip, "--head 5"));
  }

  /** As of a file that is no UTF-8: bytes of the form 10xxxxxx go on with a character. */
  @Test
  void aPartInWhichNoCharacterBeginsHasNoBitsPerCharacter() throws IOException {
    byte[] bytes = Files.readAllBytes(text);
    Arrays.fill(bytes, bytes.length / 2, bytes.length, (byte) 0x80);
    Files.write(text, bytes);
    CommandRun train =
        CommandRun.succeeds(quick("train", "--text", text, "--out", run, "--valid", "0.2"));
    assertTrue(
        train.out().matches("(?s)validation: \\S+ nats per token, perplexity [0-9.]+\\R.*"),
        train::toString);
    assertTrue(CommandRun.succeeds("evaluate", run).out().contains("nats per token"));
  }

  @Test
  void aTextThatChangedCannotGoOn() throws IOException {
    CommandRun.succeeds(quick("train", "--text", text, "--out", run, "--max-updates", "3"));
    Files.writeString(text, "shorter");
    assertTrue(CommandRun.fails(1, "resume", run).contains("changed"));
  }
}
