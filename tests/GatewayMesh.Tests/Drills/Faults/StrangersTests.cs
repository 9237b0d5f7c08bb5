using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Drills.Faults;
using GatewayMesh.Linux;

namespace GatewayMesh.Tests.Drills.Faults;

/// <summary>Node records are untrusted: their addresses get no token, and their process ids harm no process.</summary>
[NonParallelizable]
public sealed class StrangersTests
{
    private const string Variable = "GATEWAYMESH_ADMIN_TOKEN";
    private const string Token = "0123456789abcdef0123456789abcdef";

    [Test]
    public async Task Admin_token_goes_only_to_the_address_given_by_the_operator()
    {
        var before = Environment.GetEnvironmentVariable(Variable);
        Environment.SetEnvironmentVariable(Variable, Token);
        try
        {
            using var given = new Ear();
            using var recorded = new Ear();
            var mesh = new MeshAccess(given.Address);

            _ = mesh.Read();
            _ = mesh.Read(given.Address);
            _ = mesh.Post("/drain", "{}");
            _ = mesh.Read(recorded.Address);

            Assert.That((await given.Heard(3)).Split(Token), Has.Length.EqualTo(4));
            Assert.That(await recorded.Heard(1), Does.StartWith("GET /status").And.Not.Contain("Authorization").And.Not.Contain(Token));
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, before);
        }
    }

    [TestCase(ProcessKind.Worker)]
    [TestCase(ProcessKind.Guard)]
    [TestCase(ProcessKind.Gateway)]
    [TestCase(ProcessKind.ConsulAgent)]
    public void Process_of_another_program_is_never_signaled(object kind)
    {
        using var stranger = Process.Start(new ProcessStartInfo("/bin/sleep", "60"))!;
        try
        {
            var processes = new SignalledProcesses();

            Assert.That(processes.Signal(stranger.Id, ProcessSignal.Kill, (ProcessKind)kind), Is.False);
            Assert.That(processes.Signal(stranger.Id, ProcessSignal.Stop, (ProcessKind)kind), Is.False);
            Assert.That(StateOf(stranger.Id), Is.Not.EqualTo('T'));
            Assert.That(stranger.HasExited, Is.False);
        }
        finally
        {
            stranger.Kill();
            stranger.WaitForExit();
        }
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(int.MaxValue)]
    public void Invalid_process_id_is_never_signaled(int pid) =>
        Assert.That(new SignalledProcesses().Signal(pid, ProcessSignal.Kill, ProcessKind.Worker), Is.False);

    [Test]
    public void Worker_of_this_user_is_signaled_only_as_a_worker()
    {
        using var worker = new Impostor();
        var processes = new SignalledProcesses();

        Assert.That(processes.Signal(worker.Pid, ProcessSignal.Kill, ProcessKind.Guard), Is.False);
        Assert.That(processes.Signal(worker.Pid, ProcessSignal.Kill, ProcessKind.Gateway), Is.False);
        Assert.That(processes.Signal(worker.Pid, ProcessSignal.Kill, ProcessKind.ConsulAgent), Is.False);
        Assert.That(processes.Signal(worker.Pid, ProcessSignal.Stop, ProcessKind.Worker), Is.True);
        Assert.That(processes.Signal(worker.Pid, ProcessSignal.Continue, ProcessKind.Worker), Is.True);
        Assert.That(processes.Signal(worker.Pid, ProcessSignal.Kill, ProcessKind.Worker), Is.True);
        Assert.That(worker.HasEnded, Is.True);
    }

    [Test]
    public void Process_id_reused_after_a_stop_is_never_signaled()
    {
        using var worker = new Impostor();
        var processes = new SignalledProcesses();
        Assert.That(processes.Signal(worker.Pid, ProcessSignal.Stop, ProcessKind.Worker), Is.True);

        ProcessSignal.Send(worker.Pid, ProcessSignal.Kill);
        Assert.That(worker.HasEnded, Is.True);

        Assert.That(processes.Signal(worker.Pid, ProcessSignal.Continue, ProcessKind.Worker), Is.False);
    }

    private static char StateOf(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        return stat[stat.LastIndexOf(')') + 2];
    }

    /// <summary>An admin address that returns nothing useful and records its requests.</summary>
    private sealed class Ear : IDisposable
    {
        private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly List<string> _heard = [];
        private readonly SemaphoreSlim _arrived = new(0);

        public Ear()
        {
            _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _listener.Listen();
            _ = Task.Run(Answer);
        }

        public HostPort Address => new("127.0.0.1", ((IPEndPoint)_listener.LocalEndPoint!).Port);

        public async Task<string> Heard(int requests)
        {
            while (_heard.Count < requests)
            {
                Assert.That(await _arrived.WaitAsync(TimeSpan.FromSeconds(10)), Is.True);
            }

            return string.Concat(_heard);
        }

        public void Dispose() => _listener.Dispose();

        private async Task Answer()
        {
            var buffer = new byte[4096];
            while (true)
            {
                using var connection = await _listener.AcceptAsync();
                var heard = "";
                while (!heard.Contains("\r\n\r\n"))
                {
                    heard += Encoding.Latin1.GetString(buffer, 0, await connection.ReceiveAsync(buffer));
                }

                _heard.Add(heard);
                _arrived.Release();
                await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"u8.ToArray());
            }
        }
    }
}
