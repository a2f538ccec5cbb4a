// SPDX-License-Identifier: Apache-2.0
package dev.unspool.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

/** Asking for a device that is not there says what to do. */
class DeviceTest {
  private static void refuses(Runnable request, String... parts) {
    var thrown = assertThrows(IllegalArgumentException.class, request::run);
    String message = Messages.of(thrown);
    assertEquals(1, message.lines().count(), message);
    List.of(parts).forEach(part -> assertTrue(message.contains(part), message));
  }

  /** The tests run with libtorch for the CPU. */
  @Test
  void cudaWithLibtorchForTheCpuNamesTheArtifact() {
    refuses(() -> TorchModel.builder().device("cuda:1"), "'cuda:1'", "linux-x86_64-gpu", "use cpu");
  }

  @Test
  void aGpuTooManySaysHowManyThereAre() {
    refuses(() -> Devices.requireCuda("cuda:2", 2, true, 2), "CUDA sees 2", "or use cuda:1");
    refuses(() -> Devices.requireCuda("cuda", 0, true, 0), "CUDA sees 0", "or use cpu");
    Devices.requireCuda("cuda:1", 1, true, 2);
  }

  @Test
  void anUnknownDeviceNamesThoseThereAre() {
    for (String name : List.of("gpu", "CUDA", "cuda:", "cuda:x", "meta", "")) {
      refuses(() -> TorchModel.builder().device(name), "'" + name + "'", "cpu, cuda and cuda:N");
    }
  }

  @Test
  void aModuleElsewhereIsRefused() {
    LibTorch.load();
    var cpu = new Device("cpu");
    refuses(
        () -> Devices.requireSame("weight", new Device("cuda:1"), new Device("cuda")),
        "'weight' is on cuda:1, the model on cuda",
        "to(Device");
    refuses(() -> Devices.requireSame("weight", cpu, new Device("cuda")), "is on cpu");
    Devices.requireSame("weight", cpu, new Device("cpu"));
    Devices.requireSame("weight", new Device("cuda:0"), new Device("cuda"));
  }

  @Test
  void aModuleOfAnotherTypeIsRefused() {
    LibTorch.load();
    var layer = new LinearImpl(3, 3);
    var builder =
        TorchModel.builder()
            .dtype(ScalarType.Double)
            .inputs(3)
            .outputs(3)
            .step((p, x, s) -> StepOutput.of(layer.forward(x)));
    refuses(() -> builder.module(layer).build(), "is Float, the model Double");
  }

  @Test
  void whatIsMissingIsNamed() {
    var builder = TorchModel.builder().inputs(3).step((p, x, s) -> StepOutput.of(x));
    var thrown = assertThrows(IllegalStateException.class, builder::build);
    assertTrue(Messages.of(thrown).contains("needs outputs(…)"), Messages.of(thrown));
  }
}
