using System.Text.Json;
using GatewayMesh.Commands.Validate;

namespace GatewayMesh.Tests.Commands.Validate;

internal sealed class ValidateCommandTests
{
    private string _folder = "";

    [SetUp]
    public void SetUp() => _folder = Directory.CreateTempSubdirectory("gatewaymesh-").FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Valid_files_are_counted_and_the_exit_code_is_zero()
    {
        var file = Write("a.yaml", "role: gateway\n");

        Assert.That(Run([file]), Is.EqualTo((0, "0 errors in 1 file\n")));
    }

    [Test]
    public void Every_error_is_one_line_and_the_exit_code_is_two()
    {
        var file = Write("a.yaml", "role: gateway\nadmn: 127.0.0.1:1\ngateway: { listen: here }\n");

        Assert.That(Run([file, Path.Combine(_folder, "missing.yaml")]), Is.EqualTo((2, $"""
            {file}:2:1: admn: is not a known key; did you mean admin?
            {file}:3:20: gateway.listen: 'here' is not an address and a port; use an address and a port such as 127.0.0.1:15001
            {_folder}/missing.yaml: the file does not exist; check the path and its permissions
            3 errors in 2 files

            """)));
    }

    [Test]
    public void Json_output_has_the_same_members()
    {
        var file = Write("a.yaml", "kind: service-policy\nname: web\nretries: { maxAttempts: 0 }\n");
        var (exit, output) = Run([_folder], json: true);
        using var document = JsonDocument.Parse(output);
        var error = document.RootElement.GetProperty("errors").EnumerateArray().Single();

        Assert.That(exit, Is.EqualTo(2));
        Assert.That(document.RootElement.GetProperty("files").GetInt32(), Is.EqualTo(1));
        Assert.That(error.GetProperty("file").GetString(), Is.EqualTo(file));
        Assert.That((error.GetProperty("line").GetInt32(), error.GetProperty("column").GetInt32()), Is.EqualTo((3, 25)));
        Assert.That(error.GetProperty("path").GetString(), Is.EqualTo("retries.maxAttempts"));
        Assert.That(error.GetProperty("fix").GetString(), Is.EqualTo("use a whole number from 1 to 10"));
        Assert.That(error.GetProperty("mend").GetString(), Is.EqualTo("use a whole number from 1 to 10"), "the name before 0.2");
    }

    private static (int Exit, string Output) Run(IEnumerable<string> paths, bool json = false)
    {
        using var output = new StringWriter { NewLine = "\n" };
        return (ValidateCommand.Run(paths, output, json), output.ToString());
    }

    private string Write(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        return path;
    }
}
