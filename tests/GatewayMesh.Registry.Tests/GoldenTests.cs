using GatewayMesh.Registry.Validation;

namespace GatewayMesh.Registry.Tests;

/// <summary>
/// Each <c>Cases/**/*.yaml</c> gives exactly the errors of its <c>.expected</c> file. GOLDEN=FOLDER writes the actual errors instead.
/// </summary>
internal sealed class GoldenTests
{
    private static readonly string Folder = Path.Combine(TestContext.CurrentContext.TestDirectory, "Cases");

    private static IEnumerable<string> Cases =>
        Directory.EnumerateFiles(Folder, "*.yaml", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Folder, file))
            .Order(StringComparer.Ordinal);

    [TestCaseSource(nameof(Cases))]
    public void Every_error_of_a_file_is_reported_with_its_line(string name)
    {
        var file = Path.Combine(Folder, name);
        var errors = PathValidation.Of([file]).Errors.Select(
            error => error with
            {
                File = Path.GetFileName(name),
                Message = error.Message.Replace(file, Path.GetFileName(name), StringComparison.Ordinal),
            });
        var actual = string.Concat(errors.Select(error => error + "\n"));
        if (Environment.GetEnvironmentVariable("GOLDEN") is { Length: > 0 } folder)
        {
            File.WriteAllText(Path.ChangeExtension(Path.Combine(folder, name), ".expected"), actual);
        }

        Assert.That(actual, Is.EqualTo(File.ReadAllText(Path.ChangeExtension(file, ".expected"))));
    }
}
