using GatewayMesh.Commands.Validate;
using GatewayMesh.Drills.Demo;
using GatewayMesh.Drills.Demo.Files;

namespace GatewayMesh.Tests.Drills.Demo;

internal sealed class DemoFilesTests
{
    [TestCase(false)]
    [TestCase(true)]
    public void Demo_files_are_valid(bool onConsul)
    {
        var plan = Plan(15000, onConsul);
        var folder = Directory.CreateTempSubdirectory("gatewaymesh-test-").FullName;
        try
        {
            DemoFiles.Write(plan, folder);
            var output = new StringWriter();

            var code = ValidateCommand.Run(
                [.. Directory.EnumerateFiles(folder, "*.yaml"), Path.Combine(folder, onConsul ? "entries" : "registry")],
                output,
                json: false);

            Assert.That(code, Is.Zero, output.ToString());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void Topology_folder_holds_the_same_files_as_the_demo()
    {
        var folder = Path.Combine(Root(), "topology", "demo");
        foreach (var (path, text) in DemoFiles.Of(new DemoPlan(15000)))
        {
            Assert.That(
                File.ReadAllText(Path.Combine(folder, path)),
                Is.EqualTo(text),
                $"topology/demo/{path}: copy the file of a running `gatewaymesh demo --data-dir DIR`");
        }
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Demo_ports_are_distinct_and_within_the_span(bool onConsul)
    {
        var ports = Plan(20000, onConsul).Ports.ToArray();

        Assert.That(ports, Is.Unique);
        Assert.That(ports, Is.All.InRange(20000, 20000 + DemoPlan.Span));
    }

    private static DemoPlan Plan(int portBase, bool onConsul) =>
        new(portBase) { Consul = onConsul ? new DemoConsul(portBase + DemoPlan.ConsulOffset, "consul") : null };

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "GatewayMesh.sln")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return folder;
    }
}
