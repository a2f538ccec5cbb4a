// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online.kafka;

import dev.unspool.cli.online.AnswerOutput;
import dev.unspool.cli.online.Position;
import dev.unspool.cli.online.RecordForm;
import dev.unspool.cli.online.RecordFormat;
import dev.unspool.cli.online.RecordSource;
import dev.unspool.cli.online.StreamConfig;
import dev.unspool.cli.online.Transport;
import dev.unspool.cli.report.Console;
import dev.unspool.cli.report.CsvLine;
import dev.unspool.cli.run.RunException;
import dev.unspool.cli.run.UsageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Messages of a topic come in, messages of another go out.
 *
 * @param cluster of both
 * @param topic that records come from
 * @param toTopic that answers go to; null where they are lines of {@code lines}
 * @param columns names of the fields, where records are CSV; null where the stream knows them, or
 *     has none
 * @param order file that keeps which partition records were taken from
 * @param earliestLeft whether to go on behind records that were deleted before they were read
 * @param lines takes answers that go to no topic
 * @param console where people are told how it goes
 */
public record KafkaTransport(
    Cluster cluster,
    String topic,
    @Nullable String toTopic,
    @Nullable List<String> columns,
    Path order,
    boolean earliestLeft,
    Transport lines,
    Console console)
    implements Transport {
  private static final String HEADER = "header";

  @Override
  public RecordSource source(StreamConfig stream, Position position, Map<String, String> about)
      throws IOException {
    Map<String, String> header = header(stream, about);
    List<String> fields = CsvLine.fields(header.getOrDefault(HEADER, ""));
    return new KafkaSource(
        cluster,
        topic,
        order,
        earliestLeft,
        stream,
        RecordForm.of(stream.columns(), stream.format(), fields),
        header,
        position.records(),
        about,
        console::warn);
  }

  private Map<String, String> header(StreamConfig stream, Map<String, String> about)
      throws RunException {
    if (stream.format().kind() == RecordFormat.Kind.JSON) {
      UsageException.require(
          columns == null, "--columns is for --format csv: members of JSON have names");
      return Map.of();
    }
    String before = about.get(HEADER);
    if (columns == null) {
      UsageException.require(
          before != null,
          "say with --columns what the fields of a message are called: it has no line that names them");
      return Map.of(HEADER, before == null ? "" : before);
    }
    return Map.of(HEADER, String.join(",", columns.stream().map(CsvLine::quoted).toList()));
  }

  @Override
  public AnswerOutput output(BooleanSupplier givesUp) throws IOException {
    return toTopic == null
        ? lines.output(givesUp)
        : new KafkaOutput(cluster, toTopic, givesUp, console::warn);
  }
}
