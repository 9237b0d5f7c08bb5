using GatewayMesh.Linux;

namespace GatewayMesh.Drills.Faults;

/// <summary>
/// Signals processes by pidfd, and only those of the expected kind. A stopped process is held until it is resumed, so that a process
/// that later gets the same id is never signaled.
/// </summary>
internal sealed class SignalledProcesses
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, ProcessHandle> _stopped = [];

    /// <summary>Sends a signal. False when the process is gone or is not a <paramref name="kind"/> of this user.</summary>
    public bool Signal(int pid, int signal, ProcessKind kind)
    {
        lock (_lock)
        {
            if (_stopped.TryGetValue(pid, out var held))
            {
                var sent = held.Signal(signal);
                if (signal != ProcessSignal.Stop)
                {
                    _stopped.Remove(pid);
                    held.Dispose();
                }

                return sent;
            }

            if (pid < 1 || ProcessHandle.Find(pid) is not { } process)
            {
                return false;
            }

            // The pidfd first, then the check: the checked process is the signaled one, or it has ended.
            var isOurs = kind switch
            {
                ProcessKind.Worker => OwnProcess.Is(pid, "worker"),
                ProcessKind.Guard => OwnProcess.Is(pid, "sidecar"),
                ProcessKind.Gateway => OwnProcess.Is(pid, "gateway"),
                _ => OwnProcess.IsNamed(pid, "consul"),
            };
            var done = isOurs && process.Signal(signal);
            if (done && signal == ProcessSignal.Stop)
            {
                _stopped.Add(pid, process);
            }
            else
            {
                process.Dispose();
            }

            return done;
        }
    }
}
