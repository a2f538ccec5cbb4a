// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.online.LineTransport;
import dev.unspool.cli.online.Transport;
import dev.unspool.cli.online.kafka.Cluster;
import dev.unspool.cli.online.kafka.KafkaTransport;
import dev.unspool.cli.run.UsageException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where messages of Kafka come from and go to; all of it is said anew on every call. */
final class OnlineKafkaOptions {
  @Option(
      names = "--from-kafka",
      paramLabel = "HOST:PORT",
      description =
          "Read messages of Apache Kafka instead of lines: brokers, with commas between. Records are"
              + " JSON, their sequence is the message's key and their time its timestamp, unless"
              + " --format, --key and --time say otherwise. Default: lines.")
  @Nullable String brokers;

  @Option(
      names = "--topic",
      paramLabel = "TOPIC",
      description =
          "Topic that records come from, all partitions of it. Default: none, it has to be named.")
  @Nullable String topic;

  @Option(
      names = "--to-topic",
      paramLabel = "TOPIC",
      description =
          "Topic that answers go to; each says which partition and offset it answers."
              + " Default: standard output.")
  @Nullable String toTopic;

  @Option(
      names = "--columns",
      paramLabel = "COLUMN",
      description =
          "Names of the fields of a message, with --format csv. Default: none, since JSON has names.")
  @Nullable List<String> columns;

  @Option(
      names = "--kafka-config",
      paramLabel = "FILE",
      description =
          "More settings of Kafka's clients, such as for TLS and SASL, as properties."
              + " With group.id, offsets are also committed, for those who watch the lag."
              + " Default: none.")
  @Nullable Path settings;

  @Option(
      names = "--from-earliest-left",
      description =
          "Where records were deleted before they were read, go on with what is left."
              + " Else that ends the stream.")
  boolean earliestLeft;

  /** Whether there is a broker. */
  boolean given() {
    return brokers != null;
  }

  /**
   * What brings records and takes answers; without a broker, lines do.
   *
   * @param order file of the stream for which partition came when
   */
  Transport transport(LineTransport lines, Path order) {
    String from = brokers;
    if (from == null) {
      UsageException.require(
          topic == null && toTopic == null && columns == null && settings == null && !earliestLeft,
          "--topic, --to-topic, --columns, --kafka-config and --from-earliest-left are for --from-kafka HOST:PORT");
      return lines;
    }
    UsageException.require(
        lines.follow() == null && !lines.fromStart(),
        "--follow and --input-from-start are for lines; with --from-kafka, offsets say where it goes on");
    String source = topic;
    if (source == null) {
      throw new UsageException("say with --topic which topic of %s is read".formatted(from));
    }
    UsageException.require(
        !source.equals(toTopic), "--topic and --to-topic are the same, found " + source);
    return new KafkaTransport(
        Cluster.of(from, settings),
        source,
        toTopic,
        columns == null ? null : FormatOptions.columns("--columns", columns),
        order,
        earliestLeft,
        lines,
        lines.console());
  }
}
