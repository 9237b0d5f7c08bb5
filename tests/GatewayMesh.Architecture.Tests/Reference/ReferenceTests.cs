using GatewayMesh.Registry.Bootstrap;

namespace GatewayMesh.Architecture.Tests.Reference;

/// <summary>The generated pages are up to date. <c>./build.sh reference</c> writes them.</summary>
internal sealed class ReferenceTests
{
    private const string Write = "GATEWAYMESH_WRITE_REFERENCE";

    [Test]
    public void The_bootstrap_reference_is_up_to_date() =>
        Compare("docs/reference-bootstrap.md", BootstrapReference.Page());

    [Test]
    public void The_command_reference_is_up_to_date() => Compare("docs/reference-cli.md", CommandReference.Page());

    [Test]
    public void The_reference_of_admin_documents_is_what_the_code_generates() => Compare("docs/reference-admin.md", AdminReference.Page());

    [TestCase("sidecar")]
    [TestCase("gateway")]
    [TestCase("ingress")]
    public void Exactly_the_bootstrap_keys_that_the_code_reads_have_a_meaning(string role) =>
        Assert.That(
            BootstrapReference.Keys(role).Keys.Order(StringComparer.Ordinal),
            Is.EqualTo(KeyMeanings.All.Keys.Order(StringComparer.Ordinal)));

    [Test]
    public void Exactly_the_options_of_roles_have_a_meaning() =>
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
