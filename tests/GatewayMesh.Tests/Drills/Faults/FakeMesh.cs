using GatewayMesh.Admin.Documents;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Drills.Faults;
using GatewayMesh.Linux;
using GatewayMesh.Tests.Admin.Documents;

namespace GatewayMesh.Tests.Drills.Faults;

/// <summary>A mesh that records all actions. A killed worker gets a new process id.</summary>
internal sealed class FakeMesh : IMeshAccess
{
    private readonly Lock _lock = new();
    private readonly List<(int Pid, int Signal)> _signals = [];
    private readonly List<string> _posts = [];

    public NodeStatus? Status { get; set; } = Statuses.Read();

    public IReadOnlyList<(int Pid, int Signal)> Signals => _signals;

    public IReadOnlyList<string> Posts => _posts;

    public string? Refusal { get; set; }

    /// <summary>Runs after each signal.</summary>
    public Action<int, int> OnSignal { get; set; } = (_, _) => { };

    public NodeStatus? Read() => Status;

    public NodeStatus? Read(HostPort admin) =>
        admin.Port == 15300 ? Statuses.Read("""{"node":"gateway-1","role":"gateway","pids":{"process":31}}""") : null;

    public string? Post(string path, string body)
    {
        _posts.Add($"{path} {body}");
        return Refusal;
    }

    public bool Signal(int pid, int signal, ProcessKind kind)
    {
        lock (_lock)
        {
            _signals.Add((pid, signal));
            if (signal == ProcessSignal.Kill && pid == Status?.WorkerPid)
            {
                Status = Status with { Pids = Status.Pids.SetItem("worker", pid + 1) };
            }

            OnSignal(pid, signal);
            return true;
        }
    }
}
