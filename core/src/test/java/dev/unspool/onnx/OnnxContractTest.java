// SPDX-License-Identifier: Apache-2.0
package dev.unspool.onnx;

import ai.onnxruntime.OrtException;
import dev.unspool.model.Parameters;
import dev.unspool.step.ExportContract;
import dev.unspool.step.StepProgram;
import java.io.IOException;
import java.nio.file.Path;

/** Exported files in ONNX Runtime. */
final class OnnxContractTest extends ExportContract {
  @Override
  protected Exported export(StepProgram model, Parameters theta, Path file) throws IOException {
    OnnxExport.write(model, theta, file);
    try {
      return new OnnxSession(model, file);
    } catch (OrtException e) {
      throw new AssertionError(e);
    }
  }
}
