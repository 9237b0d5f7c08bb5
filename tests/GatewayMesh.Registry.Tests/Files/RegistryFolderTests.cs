using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Files;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Registry.Tests.Files;

internal sealed class RegistryFolderTests
{
    private const string Policy = "kind: service-policy\nname: web\n";

    private readonly FakeTimeProvider _time = new();
    private TemporaryFolder _folder = null!;
    private RegistryFolder _registry = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        _registry = new RegistryFolder(_folder.Path, _time);
    }

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public void The_first_poll_reports_even_an_empty_folder()
    {
        var report = _registry.Poll(readAll: true)!;

        Assert.That(report.Entries!.ServicePolicies, Is.Empty);
        Assert.That(report.Nodes!.Value, Is.Empty);
        Assert.That(report.Errors, Is.Empty);
    }

    [Test]
    public void An_unchanged_folder_gives_no_report()
    {
        _folder.Write("a.yaml", Policy);
        _ = _registry.Poll(readAll: true);

        Assert.That(_registry.Poll(readAll: false), Is.Null);
    }

    [TestCase("a.yaml")]
    [TestCase("a.yml")]
    [TestCase("a.json")]
    public void Document_files_are_read(string name)
    {
        _folder.Write(name, "{ \"kind\": \"service-policy\", \"name\": \"web\" }");

        Assert.That(_registry.Poll(readAll: true)!.Entries!.ServicePolicies, Has.Length.EqualTo(1));
    }

    [TestCase(".a.yaml")]
    [TestCase("a.yaml.bak")]
    [TestCase("a.yaml~")]
    [TestCase("README.md")]
    public void Other_files_are_ignored(string name)
    {
        _folder.Write(name, "not: an entry");

        Assert.That(_registry.Poll(readAll: true)!.Errors, Is.Empty);
    }

    [Test]
    public void An_invalid_change_is_refused_with_every_error_and_the_last_good_state_stays()
    {
        _folder.Write("a.yaml", Policy);
        _ = _registry.Poll(readAll: true);
        _folder.Write("a.yaml", "kind: service-policy\nname: web\nretris: {}\ntimeouts: { request: 5 }\n");
        _folder.Write("b.yaml", "kind: service-polcy\nname: api\n");

        var report = _registry.Poll(readAll: false)!;

        Assert.That(report.Entries!.ServicePolicies.Single().Name, Is.EqualTo("web"));
        Assert.That(report.Errors, Has.Length.EqualTo(3));
        Assert.That(_registry.Poll(readAll: false), Is.Null, "the same errors are not reported twice");
    }

    [Test]
    public void A_fixed_file_is_used_and_its_errors_end()
    {
        _folder.Write("a.yaml", "kind: service-policy\nname: [\n");
        _ = _registry.Poll(readAll: true);
        _folder.Write("a.yaml", Policy);

        var report = _registry.Poll(readAll: false)!;

        Assert.That(report.Entries!.ServicePolicies, Has.Length.EqualTo(1));
        Assert.That(report.Errors, Is.Empty);
    }

    [Test]
    public void A_folder_that_was_never_valid_has_no_entries_but_has_nodes()
    {
        _folder.Write("a.yaml", "kind: nonsense\n");
        _folder.Write("nodes/host-a.yaml", "node: host-a\nrole: sidecar\nversion: 1\n");

        var report = _registry.Poll(readAll: true)!;

        Assert.That(report.Entries, Is.Null);
        Assert.That(report.Nodes!.Value.Select(node => node.Record.Node), Is.EqualTo(new[] { "host-a" }));
    }

    [Test]
    public void A_missing_folder_is_an_error_with_a_fix_and_not_an_exception()
    {
        _folder.Dispose();

        var report = _registry.Poll(readAll: true)!;

        Assert.That(report.Entries, Is.Null);
        Assert.That(report.Nodes, Is.Null);
        Assert.That(report.Errors.Single().ToString(), Does.Contain("there is no such folder; create the folder"));
    }

    [Test]
    public void A_folder_that_disappears_keeps_the_last_good_state_and_all_live_nodes()
    {
        _folder.Write("a.yaml", Policy);
        _folder.Write("nodes/host-a.yaml", "node: host-a\nrole: sidecar\nversion: 1\n");
        _ = _registry.Poll(readAll: true);
        Directory.Move(_folder.Path, _folder.Path + ".away");
        try
        {
            var gone = _registry.Poll(readAll: false)!;
            Assert.That(gone.Entries!.ServicePolicies, Has.Length.EqualTo(1));
            Assert.That(gone.Errors, Has.Length.EqualTo(1));
            for (var i = 0; i < 30; i++)
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                Assert.That(_registry.Poll(readAll: false)?.Nodes!.Value.Single().Alive, Is.Not.False);
            }
        }
        finally
        {
            Directory.Move(_folder.Path + ".away", _folder.Path);
        }

        var back = _registry.Poll(readAll: false)!;
        Assert.That(back.Errors, Is.Empty);
        Assert.That(back.Nodes!.Value.Single().Alive, Is.True);
    }

    [Test]
    public void A_symbolic_link_is_followed_as_in_a_mounted_ConfigMap()
    {
        _folder.Write("..v1/a.yaml", Policy);
        _folder.Write("..v2/a.yaml", Policy.Replace("web", "payments", StringComparison.Ordinal));
        _ = Directory.CreateSymbolicLink(_folder["..data"], "..v1");
        _ = File.CreateSymbolicLink(_folder["a.yaml"], "..data/a.yaml");
        _ = _registry.Poll(readAll: true);
        Directory.Delete(_folder["..data"]);
        _ = Directory.CreateSymbolicLink(_folder["..data"], "..v2");

        Assert.That(_registry.Poll(readAll: false)!.Entries!.ServicePolicies.Single().Name, Is.EqualTo("payments"));
    }

    [Test]
    public void A_folder_named_like_a_file_is_not_read()
    {
        _ = Directory.CreateDirectory(_folder["a.yaml"]);

        Assert.That(_registry.Poll(readAll: true)!.Errors, Is.Empty);
    }
}
