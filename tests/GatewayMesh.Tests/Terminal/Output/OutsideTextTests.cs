using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using GatewayMesh.Admin.Http;
using GatewayMesh.Commands;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Drills.Drill;
using GatewayMesh.Drills.Faults;
using GatewayMesh.Drills.Load;
using GatewayMesh.Linux;
using GatewayMesh.Terminal.Output;
using GatewayMesh.Tests.Admin.Documents;
using GatewayMesh.Tests.Drills.Faults;

namespace GatewayMesh.Tests.Terminal.Output;

/// <summary>Untrusted names, versions and errors in the output of commands.</summary>
public sealed class OutsideTextTests
{
    private const string Evil = "a\u001b[2J\u009b31m\u202e\u2066\r\n√ forged: all is well\u0007\u200b";

    private Socket _listener = null!;
    private AdminServer _server = null!;

    [SetUp]
    public void Listen()
    {
        _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _server = new AdminServer(_listener, new Dictionary<(string, string), AdminHandler>
        {
            [("GET", "/status")] = _ => Json(Poisoned(Statuses.Sidecar)),
            [("GET", "/explain")] = _ => Json(Poisoned(Explained)),
            [("GET", "/intentions/check")] = _ =>
                Json(
                    Poisoned(
                        """{"source":"web","destination":"payments","allowed":true,"enforced":true,"because":"web","intention":{"description":"web"},"notes":["web"]}""")),
            [("POST", "/drain")] = _ => new AdminResponse(409, "text/plain", System.Text.Encoding.UTF8.GetBytes(Evil)),
        });
    }

    [TearDown]
    public void Stop()
    {
        _server.Dispose();
        _listener.Dispose();
    }

    [TestCase("status")]
    [TestCase("status --json")]
    [TestCase("check")]
    [TestCase("explain GET http://payments/")]
    [TestCase("explain GET http://payments/ --json")]
    [TestCase("intention check web payments")]
    [TestCase("drain")]
    public void No_command_prints_control_sequences_from_outside(string command)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();

        CommandTree.Run([.. command.Split(' '), "--admin", _listener.LocalEndPoint!.ToString()!], output, error);

        var printed = output.ToString() + error;
        Assert.That(printed, Is.Not.Empty);
        Assert.That(printed.Where(c => c != '\n' && SafeText.IsUnsafe(c)), Is.Empty);
        Assert.That(printed.Split('\n'), Has.None.StartsWith("√ forged"));
        Assert.That(printed, Does.Contain("\\u001b").IgnoreCase);
    }

    [Test]
    public void Validate_escapes_control_sequences_from_a_file()
    {
        var folder = Directory.CreateTempSubdirectory("gatewaymesh-").FullName;
        try
        {
            var file = Path.Combine(folder, "a\u001b[2J\n√ forged.yaml");
            File.WriteAllText(file, "role: \"gate\\u001b[2Jway\\u202e\"\n\"k\\u009by\": 1\n");
            using var output = new StringWriter();

            CommandTree.Run(["validate", folder], output, output);

            Assert.That(output.ToString().Where(c => c != '\n' && SafeText.IsUnsafe(c)), Is.Empty);
            Assert.That(output.ToString().Split('\n'), Has.None.StartsWith("√ forged"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Drill_escapes_control_sequences_from_the_registry(bool json)
    {
        var mesh = new FakeMesh { Status = Statuses.Read(Statuses.Sidecar.Replace("\"gateway-1\"", JsonSerializer.Serialize(Evil))) };
        var spec = new DrillSpec
        {
            Fault = FaultKind.KillGateway,
            FaultAt = TimeSpan.FromMilliseconds(100),
            Load = new LoadSpec
            {
                Target = new IPEndPoint(IPAddress.Loopback, 1),
                Host = "payments",
                Rate = 5,
                Connections = 1,
                Duration = TimeSpan.FromSeconds(1),
            },
        };
        using var output = new StringWriter();

        DrillCommand.Run(spec, mesh, repeat: 1, json, SafeWriter.Over(output), SafeWriter.Over(output), CancellationToken.None);

        Assert.That(mesh.Signals, Is.EqualTo(new[] { (31, ProcessSignal.Kill) }), "the gateway of that name was meant");
        Assert.That(output.ToString().Where(c => c != '\n' && SafeText.IsUnsafe(c)), Is.Empty);
        Assert.That(output.ToString().Split('\n'), Has.None.StartsWith("√ forged"));
        Assert.That(output.ToString(), Does.Contain("\\u001b").IgnoreCase);
    }

    [Test]
    public void Only_our_own_colors_pass_when_colors_are_on()
    {
        const string text = "\e[32mwell\e[0m \e[2J \e]0;title\a \e[31;1m \e[";

        Assert.That(
            SafeWriter.Clean(text, colors: true), Is.EqualTo("\e[32mwell\e[0m \\u001b[2J \\u001b]0;title\\u0007 \\u001b[31;1m \\u001b["));
        Assert.That(SafeWriter.Clean(text, colors: false), Does.Not.Contain("\e"));
    }

    // Every text of the response is replaced with hostile text, except for values that control the command.
    private static string Poisoned(string json) =>
        json.Replace("\"web\"", JsonSerializer.Serialize(Evil))
            .Replace("\"host-b\"", JsonSerializer.Serialize(Evil))
            .Replace("\"old\"", JsonSerializer.Serialize(Evil))
            .Replace("\"host-a\"", JsonSerializer.Serialize(Evil))
                .Replace("\"errors\":[]", $"\"errors\":[{JsonSerializer.Serialize(Evil)}]")
                .Replace("\"answers\"", JsonSerializer.Serialize(Evil));

    // JSON may contain direction marks unescaped.
    private static AdminResponse Json(string json) =>
        new(200, "application/json", System.Text.Encoding.UTF8.GetBytes(json.Replace("\\u202E", "\u202e").Replace("\\u009B", "\u009b")));

    private const string Explained =
        """
        {"method":"GET","host":"web","path":"/","from":"web","revision":"old","service":"web","known":true,"reason":"",
         "route":{"name":"web","rewritten":"web","rules":[{"router":"web","rule":0,"asks":"web","matches":false,"fails":"old"}],
                  "splits":[{"splitter":"web","legs":[{"percent":100,"to":"web","drawn":true}]}]},
         "targets":[{"id":"web","service":"web","state":"well","instances":1,"chosen":true}],
         "destination":"web","target":"web","protocol":"web",
         "refused":[{"service":"web","id":"web","node":"web","address":"web","because":"web","fix":"web"}],
         "instances":[{"service":"web","id":"web","node":"web","address":"web","healthy":true,"inflight":0,"ejected":false,"ejectedForSeconds":0,"weight":1,"zone":"web","ewmaMs":1,"ejectionCause":"web"}],
         "gatewayGroup":"web","gatewayShare":0.005,"gateways":[{"node":"web","address":"web","healthy":true}],
         "policy":{"requestTimeoutMs":1,"connectTimeoutMs":1,"maxAttempts":3,"ejectAfter":5,"ejectForMs":1},
         "intention":{"source":"web","destination":"web","allowed":true,"enforced":true,"because":"web","notes":["web"]}}
        """;
}
