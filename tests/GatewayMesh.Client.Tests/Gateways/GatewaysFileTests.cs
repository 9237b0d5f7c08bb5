using GatewayMesh.Client.Gateways;
using GatewayMesh.Client.Tests.Rig;
using GatewayMesh.Configuration.Tunnels;
using GatewayMesh.Configuration.Values;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Client.Tests.Gateways;

/// <summary>Valid and invalid content of gateways.json.</summary>
public sealed class GatewaysFileTests
{
    private DirectoryInfo _folder = null!;
    private FakeTimeProvider _time = null!;

    private string File => Path.Combine(_folder.FullName, "web", "gateways.json");

    [SetUp]
    public void MakeFolder()
    {
        _folder = Directory.CreateTempSubdirectory("gatewaymesh-client-");
        _folder.CreateSubdirectory("web");
        _time = new FakeTimeProvider();
    }

    [TearDown]
    public void RemoveFolder() => _folder.Delete(recursive: true);

    [Test]
    public void Gateways_are_read_in_the_order_of_the_file()
    {
        var written = List("10.0.0.9:15444", "gateway-2.example:15444", "[::1]:15444");
        Assert.That(
            GatewaysFile.Read(written)!.Value.Select(address => address.ToString()),
            Is.EqualTo(["10.0.0.9:15444", "gateway-2.example:15444", "[::1]:15444"]));
    }

    [TestCase("")]
    [TestCase("{")]
    [TestCase("[]")]
    [TestCase("null")]
    [TestCase("""{"service":"web"}""")]
    [TestCase("""{"gateways":{}}""")]
    [TestCase("""{"gateways":[{"node":"gw"}]}""")]
    [TestCase("""{"gateways":[{"tunnel":"nonsense"}]}""")]
    [TestCase("""{"gateways":[{"tunnel":7}]}""")]
    [TestCase("""{"gateways":[7]}""")]
    public void An_invalid_file_is_null(string content) =>
        Assert.That(GatewaysFile.Read(System.Text.Encoding.UTF8.GetBytes(content)), Is.Null);

    [Test]
    public void A_truncated_file_is_null_and_never_an_exception()
    {
        var whole = List("10.0.0.9:15444", "10.0.0.10:15444");
        for (var length = 0; length < whole.Length - 1; length++)
        {
            Assert.That(GatewaysFile.Read(whole.AsMemory(0, length)), Is.Null);
        }
    }

    [Test]
    public void A_changed_file_is_reloaded_and_an_invalid_one_changes_nothing()
    {
        var file = new GatewaysFile(File, _time);
        Assert.That(file.Current, Is.Empty, "the file does not exist yet");

        Write(List("10.0.0.9:15444"));
        Assert.That(Current(file), Is.EqualTo(["10.0.0.9:15444"]));

        Write(List("10.0.0.9:15444", "10.0.0.10:15444"));
        Assert.That(Current(file), Is.EqualTo(["10.0.0.9:15444", "10.0.0.10:15444"]));

        Write(List("10.0.0.11:15444")[..20]);
        Assert.That(Current(file), Has.Length.EqualTo(2), "half-written");

        System.IO.File.Delete(File);
        Assert.That(Current(file), Has.Length.EqualTo(2), "removed");

        Write(List("10.0.0.11:15444"));
        Assert.That(Current(file), Is.EqualTo(["10.0.0.11:15444"]));
    }

    [Test]
    public async Task A_gateway_added_to_the_file_carries_requests()
    {
        using var gateway = ScriptedGateway.Carrying();
        using var client = new TestClient(
            ScriptedServer.ClosedPort(), with: options => options.RunDirectory = _folder.FullName, time: _time);
        await Assert.ThrowsAsync<GatewayMeshException>(() => client.GetAsync());

        Write(List(gateway.Address));
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.That(await client.GetAsync(), Is.EqualTo("by the gateway"));
    }

    private static byte[] List(params string[] tunnels) =>
        new GatewayList(
            "web",
            [
                .. tunnels.Select(
                    (tunnel, index) => new GatewayAddress($"gw-{index}", new HostPort("10.0.0.1", 15443), Parse(tunnel)))]).ToBytes();

    private static HostPort Parse(string text) => HostPort.TryParse(text, out var address) ? address : throw new ArgumentException(text);

    private string[] Current(GatewaysFile file)
    {
        _time.Advance(TimeSpan.FromSeconds(1.1));
        return [.. file.Current.Select(address => address.ToString())];
    }

    private void Write(byte[] content) => System.IO.File.WriteAllBytes(File, content);
}
