// SPDX-License-Identifier: Apache-2.0
/**
 * Records of a stream as messages of Apache Kafka, and answers as messages. Offsets are part of a
 * snapshot, and nothing else decides where a stream goes on.
 */
@NullMarked
package dev.unspool.cli.online.kafka;

import org.jspecify.annotations.NullMarked;
