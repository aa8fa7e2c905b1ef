//! What bash, zsh and fish offer once they have loaded their script: each shell completes a line by itself, where it is
//! installed. How they show it is theirs.

use std::process::Command;

use tempfile::TempDir;

/// Takes the script, which is loaded, and what was typed: prints what is offered, a line each.
const BASH: &str = r#"source "$1"; read -ra COMP_WORDS <<< "$2"; [[ $2 == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 )); compopt() { :; }
_forkscope forkscope "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"; printf '%s\n' "${COMPREPLY[@]}""#;

const FISH: &str = "source $argv[1]; complete -C $argv[2] | string split -f 1 \\t";

/// Only a shell at a terminal completes. What it would offer goes to a file, and not to the line; it says on the terminal
/// when that is over.
const ZSH: &str = r#"zmodload zsh/zpty; zpty shell zsh -f -i
said() { zpty -r shell line "*$1*" }
zpty -w shell "PS1=; stty -echo; fpath=(${1:h} \$fpath); autoload -Uz compinit && compinit -u -D
compadd() {
    local -a offered
    [[ \" \$* \" == *' -'[ADO]' '* ]] || { builtin compadd -O offered \"\$@\"; print -rl -- \$offered >> $1.offered; return 1 }
    builtin compadd \"\$@\"
}
tell() { zle complete-word; print ov''er }; zle -N tell; bindkey '^I' tell; print loa''ded"
said loaded
zpty -wn shell "$2"$'\t'
said over
print -r -- "$(<$1.offered)""#;

/// A shell, how it is asked, the name of the file that it loads, and what follows its name to run a program.
const SHELLS: [(&str, &str, &str, &[&str]); 3] = [
    ("bash", BASH, "forkscope.bash", &["-c"]),
    ("zsh", ZSH, "_forkscope", &["-fc"]),
    ("fish", FISH, "forkscope.fish", &["--no-config", "-c"]),
];

/// What is typed, some of what must be offered, and what must not be.
const TYPED: [(&str, &[&str], &[&str]); 9] = [
    ("forkscope ", &["watch", "snapshot", "lesson"], &["guard", "beside"]),
    ("forkscope watch --th", &["--theme"], &["--reap"]),
    ("forkscope zombies --", &["--json", "--watch"], &["--reap", "--pid"]),
    ("forkscope watch --reap ", &["none", "double-fork"], &["beside"]),
    ("forkscope watch --theme ", &["light", "colour-blind"], &["beside"]),
    ("forkscope watch --interval ", &[], &["beside", "watch"]),
    ("forkscope lesson ", &["copy", "sigchld"], &["watch", "beside"]),
    ("forkscope --read-only --al", &["--allow-load"], &["watch"]),
    ("forkscope watch -- sn", &[], &["snapshot"]),
];

#[test]
fn shells_complete_what_there_is() {
    let home = TempDir::new().unwrap();
    std::fs::write(home.path().join("beside"), "").unwrap();
    for (shell, ask, file, run) in SHELLS {
        if Command::new(shell).arg("--version").output().is_err() {
            eprintln!("skipped: {shell} is not installed");
            continue;
        }
        let script = home.path().join(file);
        std::fs::write(&script, super::printed(&home, &["completions", shell])).unwrap();
        for (typed, offered, kept) in TYPED {
            // A shell that waits for what does not come would wait for ever.
            let mut command = Command::new("timeout");
            let command = command.args(["60", shell]).args(run).arg(ask);
            // Fish has no name of its own before the arguments.
            let command = if shell == "fish" { command } else { command.arg(shell) };
            let command = command.arg(&script).arg(typed).env("HOME", home.path());
            let output = command.env("TERM", "xterm").current_dir(home.path()).output().unwrap();
            let said = String::from_utf8_lossy(&output.stdout);
            let found: Vec<&str> = said.lines().map(str::trim).collect();
            let names = |name: &&&str| found.contains(*name);
            assert!(
                offered.iter().all(|name| names(&name)),
                "{shell}: {typed:?} offers {output:?}"
            );
            assert!(
                !kept.iter().any(|name| names(&name)),
                "{shell}: {typed:?} offers {found:?}"
            );
            std::fs::remove_file(home.path().join("_forkscope.offered")).ok();
        }
    }
}
