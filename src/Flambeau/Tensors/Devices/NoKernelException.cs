namespace Flambeau;

/// <summary>A device has no kernel for what an op asks of it. Where that is allowed, the op runs on the host instead (<see cref="HostRun"/>).</summary>
internal sealed class NoKernelException(string message) : NotSupportedException(message);
