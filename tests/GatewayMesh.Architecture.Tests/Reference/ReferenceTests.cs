using GatewayMesh.Registry.Bootstrap;

namespace GatewayMesh.Architecture.Tests.Reference;

/// <summary>The generated pages are those that the code generates. <c>./build.sh reference</c> writes them.</summary>
internal sealed class ReferenceTests
{
    private const string Write = "GATEWAYMESH_WRITE_REFERENCE";

    [Test]
    public void The_reference_of_bootstrap_keys_is_what_the_code_generates() =>
        Compare("docs/reference-bootstrap.md", BootstrapReference.Page());

    [Test]
    public void The_reference_of_commands_is_what_the_code_generates() => Compare("docs/reference-cli.md", CommandReference.Page());

    [Test]
    public void The_reference_of_admin_documents_is_what_the_code_generates() => Compare("docs/reference-admin.md", AdminReference.Page());

    [TestCase("sidecar")]
    [TestCase("gateway")]
    [TestCase("ingress")]
    public void Every_bootstrap_key_that_the_code_reads_has_a_meaning_and_no_other_has(string role) =>
        Assert.That(
            BootstrapReference.Keys(role).Keys.Order(StringComparer.Ordinal),
            Is.EqualTo(KeyMeanings.All.Keys.Order(StringComparer.Ordinal)));

    [Test]
    public void Every_option_of_a_role_has_a_meaning_and_no_other_has() =>
        Assert.That(OptionMeanings.All.Keys, Is.EquivalentTo(StartOption.All.Select(option => option.Name)));

    [TestCase("RoleLine.cs")]
    [TestCase("BootstrapFile.cs")]
    [TestCase("BootstrapLoad.cs")]
    public void Parser_and_bootstrap_declare_no_option_of_their_own(string file)
    {
        var text = File.ReadAllText(Directory.EnumerateFiles(Repository.Source, file, SearchOption.AllDirectories).Single());
        Assert.That(
            StartOption.All.Where(option => text.Contains($"\"{option.Name}\"", StringComparison.Ordinal)).Select(option => option.Name),
            Is.Empty,
            "declare the option in StartOption");
    }

    private static void Compare(string page, string generated)
    {
        var path = Path.Combine(Repository.Root, page);
        if (Environment.GetEnvironmentVariable(Write) == "1")
        {
            File.WriteAllText(path, generated);
        }

        Assert.That(
            File.Exists(path) ? File.ReadAllText(path) : "",
            Is.EqualTo(generated),
            $"{page} is not what the code generates: run ./build.sh reference and commit the page");
    }
}
