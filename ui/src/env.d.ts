import 'vue';

// Attributes of the platform that Vue's types do not know yet.
declare module 'vue' {
  interface HTMLAttributes {
    popover?: boolean | '' | 'auto' | 'manual';
  }
  interface ButtonHTMLAttributes {
    popovertarget?: string;
  }
}
