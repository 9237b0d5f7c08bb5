using System.Net;
using System.Net.Sockets;
using GatewayMesh.Drills.Demo;
using GatewayMesh.Drills.Processes;
using GatewayMesh.Fixtures;
using GatewayMesh.Terminal.Commands;

namespace GatewayMesh.Tests.Drills.Demo;

internal sealed class DemoCommandTests
{
    [Test]
    public void Occupied_port_is_named_and_nothing_starts()
    {
        var port = FreePorts.Next(); // far enough below 65,535 for all ports of the demo
        using var taken = new TcpListener(IPAddress.Loopback, port);
        taken.Start();
        var error = new StringWriter();
        var output = new StringWriter();

        var code = DemoCommand.Run(new DemoSpec { PortBase = port }, output, error);

        Assert.That(code, Is.EqualTo(3));
        Assert.That(error.ToString(), Does.Contain($"{port}").And.Contain("--port-base"));
        Assert.That(output.ToString(), Is.Empty);
    }

    [Test]
    public void Temporary_folder_is_removed_and_a_named_folder_stays()
    {
        string path;
        using (var folder = new DemoFolder(null))
        {
            path = folder.Path;
        }

        Assert.That(Directory.Exists(path), Is.False);
        using (new DemoFolder(path))
        {
        }

        Assert.That(Directory.Exists(path), Is.True);
        Directory.Delete(path, recursive: true);
    }

    [Test]
    public void Foreign_folder_is_not_touched()
    {
        var path = Directory.CreateTempSubdirectory("gatewaymesh-test-").FullName;
        var precious = Path.Combine(path, "registry", "precious.yaml");
        Directory.CreateDirectory(Path.GetDirectoryName(precious)!);
        File.WriteAllText(precious, "x");

        Assert.That(() => new DemoFolder(path), Throws.TypeOf<CommandFailure>());
        Assert.That(File.Exists(precious), Is.True);
        Directory.Delete(path, recursive: true);
    }

    [Test]
    public void Marked_processes_are_found_under_any_parent()
    {
        var mark = Guid.NewGuid().ToString("N");
        var start = new System.Diagnostics.ProcessStartInfo("/bin/sh") { ArgumentList = { "-c", "sleep 600 & exec sleep 600" } };
        start.Environment[MarkedProcesses.Variable] = mark;
        using var child = System.Diagnostics.Process.Start(start)!;

        Assert.That(() => MarkedProcesses.Find(mark).Count, Is.EqualTo(2).After(5000, 20));
        Assert.That(MarkedProcesses.Kill(mark), Is.EqualTo(2));
        child.WaitForExit();
        Assert.That(() => MarkedProcesses.Find(mark), Is.Empty.After(5000, 20));
    }
}
