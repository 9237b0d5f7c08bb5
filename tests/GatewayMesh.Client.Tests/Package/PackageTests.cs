using System.Diagnostics;
using System.IO.Compression;
using System.Xml.Linq;

namespace GatewayMesh.Client.Tests.Package;

/// <summary>The package as applications get it: <c>dotnet pack</c> of the library built for these tests.</summary>
public sealed class PackageTests
{
    private DirectoryInfo _folder = null!;

    [OneTimeSetUp]
    public async Task Pack()
    {
        _folder = Directory.CreateTempSubdirectory("gatewaymesh-package-");
        var built = new DirectoryInfo(AppContext.BaseDirectory);
        var root = built;
        while (!File.Exists(Path.Combine(root.FullName, "GatewayMesh.sln")))
        {
            root = root.Parent!;
        }

        var start = new ProcessStartInfo("dotnet",
        [
            "pack",
            Path.Combine(root.FullName, "src", "GatewayMesh.Client"),
            "--no-build",
            "-c",
            built.Parent!.Name,
            "-o",
            _folder.FullName,
            "-v",
            "q",
            "-p:PackageVersion=1.2.3",
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var pack = Process.Start(start)!;
        var errors = pack.StandardError.ReadToEndAsync();
        var output = await pack.StandardOutput.ReadToEndAsync();
        await pack.WaitForExitAsync();
        Assert.That(pack.ExitCode, Is.Zero, output + await errors);
    }

    [OneTimeTearDown]
    public void Remove() => _folder.Delete(recursive: true);

    [Test]
    public void The_package_depends_only_on_polly_core()
    {
        var dependencies = Specification()
            .Descendants()
            .Where(element => element.Name.LocalName == "dependency")
            .Select(element => element.Attribute("id")!.Value);
        Assert.That(dependencies, Is.EqualTo(["Polly.Core"]));
    }

    [Test]
    public void The_package_needs_only_the_aspnetcore_framework() =>
        Assert.That(
            Specification()
                .Descendants()
                .Where(element => element.Name.LocalName == "frameworkReference")
                .Select(element => element.Attribute("name")!.Value),
            Is.EqualTo(["Microsoft.AspNetCore.App"]));

    [Test]
    public void The_package_has_its_metadata()
    {
        var values = Specification()
            .Descendants()
            .Where(element => !element.HasElements)
            .ToLookup(element => element.Name.LocalName, element => element.Value);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(values["id"], Is.EqualTo(["GatewayMesh.Client"]));
            Assert.That(values["license"], Is.EqualTo(["MIT"]));
            Assert.That(values["readme"], Is.EqualTo(["README.md"]));
            Assert.That(values["description"].Single(), Is.Not.Empty);
        }
    }

    [Test]
    public void The_package_contains_library_documentation_and_readme_and_has_a_symbol_package()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                Entries("GatewayMesh.Client.1.2.3.nupkg"),
                Is.SupersetOf(new[] { "lib/net10.0/GatewayMesh.Client.dll", "lib/net10.0/GatewayMesh.Client.xml", "README.md" }));
            Assert.That(Entries("GatewayMesh.Client.1.2.3.snupkg"), Does.Contain("lib/net10.0/GatewayMesh.Client.pdb"));
        }
    }

    [Test]
    public void The_documentation_of_every_option_has_a_default_and_a_unit()
    {
        using var package = ZipFile.OpenRead(Path.Combine(_folder.FullName, "GatewayMesh.Client.1.2.3.nupkg"));
        using var xml = package.GetEntry("lib/net10.0/GatewayMesh.Client.xml")!.Open();
        var texts = XDocument.Load(xml).Descendants("member").ToDictionary(member => member.Attribute("name")!.Value,
            member => string.Join(' ', member.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
        foreach (var option in typeof(GatewayMeshOptions).GetProperties())
        {
            var text = texts[$"P:GatewayMesh.Client.GatewayMeshOptions.{option.Name}"];
            Assert.That(text, Does.Contain("Default: "), option.Name);
            if (option.PropertyType == typeof(TimeSpan))
            {
                Assert.That(text, Does.Match(@"Default: \d+ (ms|s|min)\."), option.Name);
            }
            else if (option.PropertyType == typeof(int))
            {
                Assert.That(text, Does.Match(@"Default: [\d,]+ (probes|attempts|bytes|failures)\."), option.Name);
            }
        }
    }

    private XDocument Specification()
    {
        using var package = ZipFile.OpenRead(Path.Combine(_folder.FullName, "GatewayMesh.Client.1.2.3.nupkg"));
        using var specification = package.GetEntry("GatewayMesh.Client.nuspec")!.Open();
        return XDocument.Load(specification);
    }

    private IReadOnlyList<string> Entries(string file)
    {
        using var package = ZipFile.OpenRead(Path.Combine(_folder.FullName, file));
        return [.. package.Entries.Select(entry => entry.FullName)];
    }
}
