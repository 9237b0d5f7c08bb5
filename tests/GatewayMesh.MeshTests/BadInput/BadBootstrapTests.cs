using System.Net;
using System.Net.Sockets;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.BadInput;

/// <summary>Invalid bootstrap files: exit code 2 (3 for an address in use), with file, line, key and fix.</summary>
public sealed class BadBootstrapTests : MeshTest
{
    [Test]
    public async Task Unknown_key_is_named_with_its_line_and_the_intended_key()
    {
        var (code, errors, line) = await StartWithAsync("sidecar:\n  services:\n    - name: web\n      prot: 8080\n", "prot: 8080");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(code, Is.EqualTo(2), errors);
            Assert.That(errors, Does.Contain($"bad.yaml:{line}"));
            Assert.That(errors, Does.Contain("sidecar.services[0].prot").Or.Contain("sidecar.services.0.prot"));
            Assert.That(errors, Does.Contain("port"), "the key that was meant");
        }
    }

    [Test]
    public async Task Every_error_of_a_file_is_reported_at_once()
    {
        var (code, errors, _) = await StartWithAsync(
            "gatewayShare: 200%\ndrainDelay: soon\nsidecar:\n  services:\n    - name: web\n      port: 99999\n", "gatewayShare");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(code, Is.EqualTo(2), errors);
            Assert.That(errors, Does.Contain("gatewayShare").And.Contain("drainDelay").And.Contain("port"));
        }
    }

    [Test]
    public async Task Port_claimed_twice_is_named_with_both_locations()
    {
        var port = FreePorts.Next();
        var (code, errors, line) = await StartWithAsync(
            $"sidecar:\n  services:\n    - name: web\n      port: 8080\n      outbound: 127.0.0.1:{port}\n      inbound: "
                + $"127.0.0.1:{port}\n",
            "inbound:");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(code, Is.EqualTo(2), errors);
            Assert.That(errors, Does.Contain($"bad.yaml:{line}"));
            Assert.That(errors, Does.Contain("inbound").And.Contain("outbound"));
        }
    }

    [Test]
    public async Task Port_in_use_exits_with_3_and_is_named_with_its_key()
    {
        using var taken = new TcpListener(IPAddress.Loopback, FreePorts.Next());
        taken.Start();
        var (code, errors, line) = await StartWithAsync(
            $"sidecar:\n  services:\n    - name: web\n      port: 8080\n      outbound: {taken.LocalEndpoint}\n", "outbound:");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(code, Is.EqualTo(3), errors);
            Assert.That(errors, Does.Contain(taken.LocalEndpoint.ToString()!));
            Assert.That(errors, Does.Contain("outbound"));
            Assert.That(errors, Does.Contain($"bad.yaml:{line}"));
        }
    }

    [Test]
    public async Task File_that_is_not_YAML_is_refused_with_the_line()
    {
        var (code, errors, _) = await StartWithAsync("sidecar: [ { services: \n", "sidecar: [");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(code, Is.EqualTo(2), errors);
            Assert.That(errors, Does.Match(@"bad\.yaml:\d+"));
            Assert.That(errors, Does.Not.Contain("   at "), "no stack trace");
        }
    }

    [Test]
    public async Task File_that_is_not_UTF_8_is_refused_with_the_line()
    {
        var file = Path.Combine(Mesh.Folder, "bad.yaml");
        var head = Mesh.Header("bad", "sidecar", FreePorts.Loopback());
        await File.WriteAllBytesAsync(file, [.. System.Text.Encoding.UTF8.GetBytes(head), .. "cluster: "u8, 0xC3, 0x28, (byte)'\n']);
        var (code, _, errors) = await MeshProcess.RunAsync(Mesh.Environment, "--role", "sidecar", "--config", file);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(code, Is.EqualTo(2), errors);
            Assert.That(errors, Does.Contain($"bad.yaml:{head.Count(letter => letter == '\n') + 1}"));
            Assert.That(errors, Does.Contain("UTF-8"));
        }
    }

    [Test]
    public async Task Sidecar_without_services_prints_an_example()
    {
        var (code, errors, _) = await StartWithAsync("sidecar:\n  services: []\n", "services:");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(code, Is.EqualTo(2), errors);
            Assert.That(errors, Does.Contain("name:").And.Contain("port:"), "an example");
        }
    }

    [Test]
    public async Task Missing_file_is_named()
    {
        var (code, _, errors) = await MeshProcess.RunAsync(Mesh.Environment, "--role", "sidecar", "--config", "/nowhere/a.yaml");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(code, Is.EqualTo(2), errors);
            Assert.That(errors, Does.Contain("/nowhere/a.yaml"));
            Assert.That(errors, Does.Not.Contain("   at "), "no stack trace");
        }
    }

    [Test]
    public async Task Validate_exits_with_2_and_names_file_line_and_key()
    {
        var file = Path.Combine(Mesh.Registry, "payments.yaml");
        await File.WriteAllTextAsync(file, "kind: service-policy\nname: payments\nretriess: 3\n");
        var (code, output, errors) = await MeshProcess.RunAsync(Mesh.Environment, "validate", Mesh.Registry);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(code, Is.EqualTo(2), output + errors);
            Assert.That(output + errors, Does.Contain("payments.yaml:3").And.Contain("retriess"));
        }
    }

    private async Task<(int Code, string Errors, int Line)> StartWithAsync(string rest, string marked)
    {
        var file = Path.Combine(Mesh.Folder, "bad.yaml");
        var text = Mesh.Header("bad", "sidecar", FreePorts.Loopback()) + rest;
        await File.WriteAllTextAsync(file, text);
        var (code, _, errors) = await MeshProcess.RunAsync(Mesh.Environment, "--role", "sidecar", "--config", file);
        return (code, errors, text[..text.IndexOf(marked, StringComparison.Ordinal)].Count(letter => letter == '\n') + 1);
    }
}
