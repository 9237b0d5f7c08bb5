using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Validation;

namespace GatewayMesh.Registry.Tests.Validation;

internal sealed class PathValidationTests
{
    [Test]
    public void A_missing_path_is_an_error() =>
        Assert.That(
            PathValidation.Of(["/nowhere.yaml"]).Errors.Single().ToString(),
            Is.EqualTo("/nowhere.yaml: the file does not exist; check the path and its permissions"));

    [Test]
    public void A_folder_is_checked_as_one_registry_with_its_nodes()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.yaml", "kind: service-policy\nname: web\n");
        folder.Write("b.yaml", "kind: service-policy\nname: web\n");
        folder.Write("comments.yaml", "# later\n");
        folder.Write("sidecar.yaml", "role: sidecar\n");
        folder.Write("nodes/host-a.yaml", "node: host-a\n");

        var validation = PathValidation.Of([folder.Path]);

        Assert.That(validation.Files, Is.EqualTo(5));
        Assert.That(validation.Errors.Select(error => $"{Path.GetFileName(error.File)}: {error.Path}"), Is.EqualTo(new[]
        {
            "b.yaml: name",
            "nodes/host-a.yaml".Replace("nodes/", "", StringComparison.Ordinal) + ": role",
            "host-a.yaml: version",
            "sidecar.yaml: sidecar.services",
        }));
    }

    [Test]
    public void Separate_files_are_not_checked_against_each_other()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.yaml", "kind: service-policy\nname: web\n");
        folder.Write("b.yaml", "kind: service-policy\nname: web\n");

        Assert.That(
            PathValidation.Of([folder["a.yaml"], folder["b.yaml"]]),
            Is.EqualTo(new PathValidation(2, [])).Using<PathValidation>(
                (left, right) => left.Files == right.Files && left.Errors.IsEmpty && right.Errors.IsEmpty));
    }
}
